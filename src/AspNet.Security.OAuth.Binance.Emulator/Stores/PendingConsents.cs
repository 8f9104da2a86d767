namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>Authorize requests that wait for the user's decision, each under an unguessable one-time id in the form of its consent page.</summary>
internal sealed class PendingConsents(BinanceEmulatorOptions options, EmulatorClock clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly BoundedMap<(AuthorizeRequest Request, DateTimeOffset ExpiresAt)> _pending = new();

    public string Add(AuthorizeRequest request)
    {
        var id = RandomValue.ConsentId();
        lock (_lock)
        {
            _pending.Add(id, (request, clock.GetUtcNow() + Lifetime), options.MaxCodes);
        }

        return id;
    }

    public AuthorizeRequest? Take(string id)
    {
        lock (_lock)
        {
            return _pending.Remove(id, out var pending) && clock.GetUtcNow() < pending.ExpiresAt ? pending.Request : null;
        }
    }
}
