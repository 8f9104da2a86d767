using System.Text.Json;
using System.Text.Json.Serialization;

namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>Converts enumerations to names in camel case, and does not accept numbers.</summary>
internal sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
