using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator.Configuration;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The options that may change while the emulator runs.</summary>
internal sealed class OptionsResource(BinanceEmulatorOptions options)
{
    public IEnumerable<ControlRoute> Routes
        =>
        [
            ControlRoute.Get("/options", _ => Show()),
            ControlRoute.Patch("/options", Change),
        ];

    private ControlResponse Show() => ControlResponse.Ok(OptionsJson.Write(options), ControlJson.Readable.JsonObject);

    private ControlResponse Change(ControlCall call)
    {
        var body = call.ReadElement() ?? throw new JsonDefectException("", "The body is empty. Expected JSON.");
        if (body.ValueKind == JsonValueKind.Object && OptionsJson.OfTheStart.FirstOrDefault(name => body.TryGetProperty(name, out _)) is { } late)
        {
            throw new JsonDefectException(late, "It is read at the start, and cannot be changed afterwards.");
        }

        var json = JsonShape.Read(body, ControlJson.Readable.OptionsJson);
        string[] given = [.. body.EnumerateObject().Select(property => property.Name)];

        // Atomic: values that are valid for the copy are valid for the options.
        json.Apply(options.Copy(), given, "");
        json.Apply(options, given, "");
        return Show();
    }
}
