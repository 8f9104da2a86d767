using System.Text.Json;
using System.Text.Json.Nodes;

namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>A fault in JSON: a name for a fault without parameters, or an object whose property is the kind.</summary>
internal static class FaultFormat
{
    private static readonly Dictionary<string, EmulatorFault> _named = new(StringComparer.Ordinal)
    {
        ["cutConnection"] = EmulatorFault.CutConnection,
        ["halfBody"] = EmulatorFault.HalfBody,
        ["endlessBody"] = EmulatorFault.EndlessBody,
        ["invalidGrant"] = EmulatorFault.InvalidGrant,
        ["firewallChallenge"] = EmulatorFault.FirewallChallenge,
    };

    /// <exception cref="JsonDefectException">There is no such fault.</exception>
    public static EmulatorFault Read(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            var details = JsonShape.Read(element, SharedJson.Default.FaultDetailsJson, path);
            return details.ToFault([.. element.EnumerateObject().Select(property => property.Name)], path);
        }

        return element.ValueKind == JsonValueKind.String && _named.TryGetValue(element.GetString()!, out var fault)
            ? fault
            : throw new JsonDefectException(path, $"Expected one of {string.Join(", ", _named.Keys)}, or an object with {FaultDetailsJson.Kinds}.");
    }

    public static JsonElement Write(EmulatorFault fault)
    {
        JsonNode node = fault.Kind switch
        {
            EmulatorFaultKind.Status => new JsonObject { ["status"] = fault.HttpStatus },
            EmulatorFaultKind.Body => new JsonObject { ["body"] = fault.Content, ["status"] = fault.HttpStatus, ["contentType"] = fault.ContentType },
            EmulatorFaultKind.ApiError => new JsonObject { ["apiError"] = new JsonObject { ["code"] = fault.Error.Code, ["message"] = fault.Error.Message } },
            EmulatorFaultKind.Delay => new JsonObject { ["delaySeconds"] = Seconds(fault.Time) },
            EmulatorFaultKind.Drip => new JsonObject { ["dripSeconds"] = Seconds(fault.Time) },
            EmulatorFaultKind.Redirect => new JsonObject { ["redirect"] = fault.Location },
            _ => _named.First(named => named.Value.Kind == fault.Kind).Key,
        };

        using var document = JsonDocument.Parse(node.ToJsonString());
        return document.RootElement.Clone();
    }

    private static JsonNode? Seconds(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? null : time.TotalSeconds;
}
