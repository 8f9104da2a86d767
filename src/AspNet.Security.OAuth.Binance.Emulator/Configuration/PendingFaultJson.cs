using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>A pending fault in JSON.</summary>
internal sealed class PendingFaultJson
{
    public required EmulatorEndpoint Endpoint { get; set; }

    /// <summary>Gets or sets a name, or an object (<see cref="FaultFormat"/>).</summary>
    public required JsonElement Fault { get; set; }

    /// <summary>Gets or sets the number of requests; <see langword="null"/>: all until the faults are cleared.</summary>
    public int? Times { get; set; } = 1;

    public static PendingFaultJson Of(EmulatorPendingFault pending) => new()
    {
        Endpoint = pending.Endpoint,
        Fault = FaultFormat.Write(pending.Fault),
        Times = pending.Times == int.MaxValue ? null : pending.Times,
    };

    /// <exception cref="JsonDefectException">There is no such fault.</exception>
    public EmulatorPendingFault ToPending(string path = "") => Times < 1
        ? throw new JsonDefectException(JsonShape.Member(path, "times"), "It must be at least 1, or null: until the faults are cleared.")
        : new EmulatorPendingFault(Endpoint, FaultFormat.Read(Fault, JsonShape.Member(path, "fault")), Times ?? int.MaxValue);
}
