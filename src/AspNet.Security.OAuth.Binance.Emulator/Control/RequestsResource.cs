namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The journal.</summary>
internal sealed class RequestsResource(EmulatorJournal journal)
{
    public IEnumerable<ControlRoute> Routes
        =>
        [
            ControlRoute.Get("/requests", List) with { Parameters = [.. RequestFilter.Parameters, "limit"] },
            ControlRoute.Wait("/requests/wait", WaitAsync) with { Parameters = [.. RequestFilter.Parameters, "count", Timeouts.Parameter] },
            ControlRoute.Delete("/requests", Clear),
        ];

    private ControlResponse List(ControlCall call)
    {
        var limit = call.Number("limit", least: 0) ?? int.MaxValue;
        var requests = journal.Where(RequestFilter.Read(call)).ToArray();
        return ControlResponse.Ok(
            new RequestsJson(requests.Length, [.. requests.TakeLast(limit).Select(RequestJson.Of)]),
            ControlJson.Readable.RequestsJson);
    }

    private Task<ControlResponse> WaitAsync(ControlCall call)
    {
        var filter = RequestFilter.Read(call);
        var count = call.Number("count", least: 1) ?? 1;
        return Timeouts.RunAsync(
            call,
            async cancellationToken => ControlResponse.Ok(RequestJson.Of(await journal.WaitForAsync(filter, count, cancellationToken)), ControlJson.Readable.RequestJson),
            () => $"Of {count} requests that match, {journal.Count(filter)} have arrived.");
    }

    private ControlResponse Clear(ControlCall call)
    {
        journal.Clear();
        return ControlResponse.NoContent;
    }
}
