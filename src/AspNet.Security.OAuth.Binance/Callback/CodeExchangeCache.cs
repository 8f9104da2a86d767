using AspNet.Security.OAuth.Binance.Tokens;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// The code exchanges of one scheme that are under way, and those of the last minute.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="onAbandoned">Called when an outcome is kept no longer and nobody was signed in with it.</param>
internal sealed class CodeExchangeCache(TimeProvider time, Action<CodeExchange> onAbandoned)
{
    /// <summary>How long an outcome is kept after the exchange.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, CodeExchange> _exchanges = [];

    // Apart from each other: whoever invents codes pushes out no tokens that somebody is about to collect.
    private readonly PriorityQueue<CodeExchange, DateTimeOffset> _succeeded = new();
    private readonly PriorityQueue<CodeExchange, DateTimeOffset> _failed = new();
    private ITimer? _timer;
    private DateTimeOffset _armed = DateTimeOffset.MaxValue;
    private List<CodeExchange> _expired = [];

    /// <summary>Begins a delivery to the exchange of a code.</summary>
    /// <returns><see langword="null"/> if there are too many.</returns>
    public CodeExchange? Join(UInt128 key, string scheme, BinanceAuthenticationOptions options)
    {
        lock (_lock)
        {
            if (!_exchanges.TryGetValue(key, out var exchange))
            {
                // Those that are under way, besides those that are kept.
                if (_exchanges.Count >= Capacity + _succeeded.Count + _failed.Count)
                {
                    return null;
                }

                exchange = _exchanges[key] = new(key, scheme, options, _lock, onAbandoned);
            }

            // Under the lock: an exchange with a delivery is not abandoned.
            exchange.Enter();
            return exchange;
        }
    }

    /// <summary>Keeps an exchange that has ended.</summary>
    public void Keep(CodeExchange exchange, DateTimeOffset until, bool isSuccess)
    {
        CodeExchange? oldest = null;
        lock (_lock)
        {
            var ended = isSuccess ? _succeeded : _failed;
            ended.Enqueue(exchange, until);
            if (ended.Count > Capacity)
            {
                oldest = Dequeue(ended);
            }

            if (until < _armed)
            {
                Arm(until);
            }
        }

        oldest?.Expire();
    }

    /// <summary>Forgets an exchange, so that the next delivery begins another one.</summary>
    public void Remove(CodeExchange exchange)
    {
        lock (_lock)
        {
            RemoveCore(exchange);
        }
    }

    /// <summary>Returns a value indicating whether another sign-in of the last minute got the same tokens, and signed somebody in.</summary>
    public bool IsCollectedByOther(CodeExchange exchange, TokenOutcome outcome)
    {
        lock (_lock)
        {
            return _succeeded.UnorderedItems
                .Select(static item => item.Element)
                .Concat(_expired)
                .Any(other => other != exchange && other.IsCollected && other.Outcome?.Shares(outcome) is true);
        }
    }

    private void Arm(DateTimeOffset until)
    {
        _armed = until;
        var due = until - time.GetUtcNow();

        // It is created by a call that runs without the execution context of a request.
        _timer ??= time.CreateTimer(static cache => ((CodeExchangeCache)cache!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Sweep()
    {
        List<CodeExchange> expired = [];
        lock (_lock)
        {
            _expired = expired;
            var now = time.GetUtcNow();
            var next = DateTimeOffset.MaxValue;
            foreach (var ended in (ReadOnlySpan<PriorityQueue<CodeExchange, DateTimeOffset>>)[_succeeded, _failed])
            {
                while (ended.TryPeek(out _, out var until))
                {
                    if (until > now)
                    {
                        next = until < next ? until : next;
                        break;
                    }

                    expired.Add(Dequeue(ended));
                }
            }

            _armed = DateTimeOffset.MaxValue;
            if (next < DateTimeOffset.MaxValue)
            {
                Arm(next);
            }
        }

        foreach (var exchange in expired)
        {
            exchange.Expire();
        }
    }

    private CodeExchange Dequeue(PriorityQueue<CodeExchange, DateTimeOffset> ended)
    {
        var exchange = ended.Dequeue();
        RemoveCore(exchange);
        return exchange;
    }

    // Another exchange of the same code may have taken its place.
    private void RemoveCore(CodeExchange exchange)
    {
        if (_exchanges.TryGetValue(exchange.Key, out var current) && current == exchange)
        {
            _exchanges.Remove(exchange.Key);
        }
    }
}
