namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>Authorize requests that wait for the user's decision. The form of the consent page contains the unguessable one-time id.</summary>
internal sealed class PendingConsents(BinanceEmulatorOptions options, EmulatorClock clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly BoundedMap<(AuthorizeRequest Request, DateTimeOffset ExpiresAt)> _pending = new();
    private readonly BoundedMap<string> _used = new();

    public string Add(AuthorizeRequest request)
    {
        var id = RandomValue.ConsentId();
        lock (_lock)
        {
            _pending.Add(id, (request, clock.GetUtcNow() + Lifetime), options.MaxCodes);
        }

        return id;
    }

    /// <param name="id">The id in the form.</param>
    /// <param name="grantId">The grant of the request, also when the form was submitted before or has expired; <see langword="null"/> when the id is unknown.</param>
    /// <param name="wasUsed">Whether the form was submitted before.</param>
    public AuthorizeRequest? Take(string id, out string? grantId, out bool wasUsed)
    {
        lock (_lock)
        {
            if (!_pending.Remove(id, out var pending))
            {
                wasUsed = _used.TryGet(id, out grantId);
                return null;
            }

            wasUsed = false;
            grantId = pending.Request.GrantId;
            _used.Add(id, grantId, options.MaxCodes);
            return clock.GetUtcNow() < pending.ExpiresAt ? pending.Request : null;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _pending.Clear();
            _used.Clear();
        }
    }
}
