namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Starts calls that belong to nobody's request: what is ambient in the request that happens to be the first must not live on in them.
/// </summary>
internal readonly struct DetachedFlow : IDisposable
{
    private readonly AsyncFlowControl? _flow;

    public DetachedFlow() => _flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();

    public void Dispose() => _flow?.Undo();
}
