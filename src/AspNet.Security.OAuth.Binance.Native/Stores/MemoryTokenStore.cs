namespace AspNet.Security.OAuth.Binance.Stores;

/// <summary>
/// Keeps the session in memory, until the application ends.
/// </summary>
internal sealed class MemoryTokenStore : IBinanceTokenStore
{
    private volatile string? _session;

    public ValueTask<string?> ReadAsync(CancellationToken cancellationToken) => new(_session);

    public ValueTask WriteAsync(string session, CancellationToken cancellationToken)
    {
        _session = session;
        return default;
    }

    public ValueTask DeleteAsync(CancellationToken cancellationToken)
    {
        _session = null;
        return default;
    }
}
