using System.Text.Json;
using System.Text.Json.Serialization;

namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>The types of the configuration file, and the rules that the file and the JSON API share: strict, with names in camel case.</summary>
[JsonSerializable(typeof(ConfigurationJson))]
[JsonSerializable(typeof(FaultDetailsJson))]
[JsonSerializable(typeof(DateTimeOffset))]
[JsonSourceGenerationOptions(
    AllowTrailingCommas = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters =
    [
        typeof(CamelCaseEnum<DenialBehavior>),
        typeof(CamelCaseEnum<EmulatorEndpoint>),
        typeof(CamelCaseEnum<RefreshTokenBehavior>),
        typeof(CamelCaseEnum<RevocationBehavior>),
    ])]
internal sealed partial class SharedJson : JsonSerializerContext;
