using System.Text.Json;
using System.Text.Json.Serialization;

namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>What is in a configuration file.</summary>
internal sealed class ConfigurationJson
{
    [JsonPropertyName("$schema")]
    public string Schema { get; set; } = "";

    public OptionsJson Options { get; set; } = new();

    public IReadOnlyList<ClientJson> Clients { get; set; } = [];

    public IReadOnlyList<UserJson> Users { get; set; } = [];

    public IReadOnlyList<PendingFaultJson> Faults { get; set; } = [];
}

/// <summary>The shapes that the configuration file and the JSON API share.</summary>
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
