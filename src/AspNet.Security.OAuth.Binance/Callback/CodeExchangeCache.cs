using AspNet.Security.OAuth.Binance.Tokens;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// The code exchanges of one scheme that are in progress, and those of the last minute.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="onAbandoned">Called when an outcome expires and no user was signed in with it.</param>
internal sealed class CodeExchangeCache(TimeProvider time, Action<CodeExchange> onAbandoned)
{
    /// <summary>How long an outcome is kept after the exchange.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, CodeExchange> _exchanges = [];

    // Separate queues, so that a flood of invented codes does not evict tokens that a delivery is about to use.
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
                // The limit for exchanges in progress, besides the outcomes.
                if (_exchanges.Count >= Capacity + _succeeded.Count + _failed.Count)
                {
                    return null;
                }

                exchange = _exchanges[key] = new(key, scheme, options, _lock, onAbandoned);
            }

            // Under the lock, because an exchange with a delivery must not be abandoned.
            exchange.BeginDelivery();
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

    /// <summary>Removes an exchange, so that the next delivery begins another one.</summary>
    public void Remove(CodeExchange exchange)
    {
        lock (_lock)
        {
            RemoveCore(exchange);
        }
    }

    /// <summary>Returns a value indicating whether another sign-in of the last minute got the same tokens, and signed a user in.</summary>
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

        // Arm runs without the execution context of a request, so that the timer does not capture one.
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

    // Another exchange of the same code may have replaced it.
    private void RemoveCore(CodeExchange exchange)
    {
        if (_exchanges.TryGetValue(exchange.Key, out var current) && current == exchange)
        {
            _exchanges.Remove(exchange.Key);
        }
    }
}
