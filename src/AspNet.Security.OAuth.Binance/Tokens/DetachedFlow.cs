namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Starts calls that belong to nobody's request: what is ambient in the request that happens to be the first must not live on in them.
/// </summary>
internal readonly struct DetachedFlow : IDisposable
{
    private readonly AsyncFlowControl? _flow;

    public DetachedFlow() => _flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();

    /// <summary>Runs what a request has begun and may not end: its user may leave, and its transaction may be rolled back.</summary>
    public static Task<T> RunAsync<T>(Func<Task<T>> run)
    {
        using var flow = new DetachedFlow();
        return Task.Run(run);
    }

    public void Dispose() => _flow?.Undo();
}
