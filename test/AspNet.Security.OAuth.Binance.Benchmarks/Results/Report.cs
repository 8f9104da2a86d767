using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// What one run measured. The file is beside the document, so that the document can be drawn again from it.
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

    /// <summary>Measurements as one process tells them to another.</summary>
    public static string Write(IEnumerable<Measurement> measurements) => JsonSerializer.Serialize(measurements, _json);

    public static IReadOnlyList<Measurement> ReadMeasurements(string json) => JsonSerializer.Deserialize<Measurement[]>(json, _json)!;

    public static Report Load(string file) => JsonSerializer.Deserialize<Report>(File.ReadAllText(file), _json)!;

    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, _json) + "\n");
}
