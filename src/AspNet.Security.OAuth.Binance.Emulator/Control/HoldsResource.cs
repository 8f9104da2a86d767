namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The holds of requests.</summary>
internal sealed class HoldsResource(EmulatorFaults faults)
{
    public IEnumerable<ControlRoute> Routes
        =>
        [
            ControlRoute.Post("/faults/holds", Hold),
            ControlRoute.Wait("/faults/holds/{id}", WaitAsync) with { Parameters = ["arrived", Timeouts.Parameter] },
            ControlRoute.Delete("/faults/holds/{id}", Release),
        ];

    private static ControlResponse Unknown => ControlResponse.Error(404, "There is no such hold, or it was released.");

    private ControlResponse Hold(ControlCall call)
    {
        var hold = faults.Hold(call.Read(ControlJson.Readable.NewHoldJson).Endpoint);
        return ControlResponse.Json(201, HoldJson.Of(hold), ControlJson.Readable.HoldJson).At(call, hold.Id);
    }

    private Task<ControlResponse> WaitAsync(ControlCall call)
    {
        var arrived = call.Number("arrived", least: 0) ?? 0;
        return Find(call) is not { } hold
            ? Task.FromResult(Unknown)
            : Timeouts.RunAsync(
                call,
                async cancellationToken =>
                {
                    try
                    {
                        await hold.WaitForCallsAsync(arrived, cancellationToken);
                        return ControlResponse.Ok(HoldJson.Of(hold), ControlJson.Readable.HoldJson);
                    }
                    catch (InvalidOperationException)
                    {
                        return Unknown;
                    }
                },
                () => $"Of {arrived} calls, {hold.Arrived} have arrived.");
    }

    private ControlResponse Release(ControlCall call)
    {
        if (Find(call) is not { } hold)
        {
            return Unknown;
        }

        hold.Release();
        return ControlResponse.NoContent;
    }

    private EmulatorHold? Find(ControlCall call) => faults.Holds.FirstOrDefault(hold => hold.Id == call.Id("id"));
}

internal sealed class NewHoldJson
{
    public required EmulatorEndpoint Endpoint { get; set; }
}

internal sealed record HoldJson(string Id, EmulatorEndpoint Endpoint, int Arrived)
{
    public static HoldJson Of(EmulatorHold hold) => new(hold.Id, hold.Endpoint, hold.Arrived);
}
