using System.Text.Json.Serialization;

namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>A configuration file.</summary>
internal sealed class ConfigurationJson
{
    [JsonPropertyName("$schema")]
    public string Schema { get; set; } = "";

    public OptionsJson Options { get; set; } = new();

    public IReadOnlyList<ClientJson> Clients { get; set; } = [];

    public IReadOnlyList<UserJson> Users { get; set; } = [];

    public IReadOnlyList<PendingFaultJson> Faults { get; set; } = [];
}
