using AspNet.Security.OAuth.Binance.Emulator.Configuration;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The faults of the next requests.</summary>
internal sealed class FaultsResource(EmulatorFaults faults)
{
    public IEnumerable<ControlRoute> Routes
        =>
        [
            ControlRoute.Get("/faults", _ => List()),
            ControlRoute.Post("/faults", Add),
            ControlRoute.Delete("/faults", _ => Clear()),
        ];

    private ControlResponse List() => ControlResponse.Ok(
        new FaultsJson([.. faults.Pending.Select(PendingFaultJson.Of)], [.. faults.Holds.Select(HoldJson.Of)]),
        ControlJson.Readable.FaultsJson);

    private ControlResponse Add(ControlCall call)
    {
        var pending = call.Read(ControlJson.Readable.PendingFaultJson).ToPending();
        faults.Next(pending.Endpoint, pending.Fault, pending.Times);
        return ControlResponse.Json(201, PendingFaultJson.Of(pending), ControlJson.Readable.PendingFaultJson);
    }

    private ControlResponse Clear()
    {
        faults.Clear();
        return ControlResponse.NoContent;
    }
}

internal sealed record FaultsJson(IReadOnlyList<PendingFaultJson> Pending, IReadOnlyList<HoldJson> Holds);
