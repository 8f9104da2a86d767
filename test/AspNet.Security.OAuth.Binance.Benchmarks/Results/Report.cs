using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Results;

/// <summary>
/// The measurements of one run. They are saved beside the document, so that it can be written again from them.
/// </summary>
internal sealed record Report(Machine Machine, IReadOnlyList<Measurement> Measurements)
{
    private static readonly JsonSerializerOptions _json = new()
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Measurements as one process passes them to another.</summary>
    public static string Write(IEnumerable<Measurement> measurements) => JsonSerializer.Serialize(measurements, _json);

    public static IReadOnlyList<Measurement> ReadMeasurements(string json) => JsonSerializer.Deserialize<Measurement[]>(json, _json)!;

    public static Report Load(string file) => JsonSerializer.Deserialize<Report>(File.ReadAllText(file), _json)!;

    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, _json) + "\n");
}
