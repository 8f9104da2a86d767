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
    private readonly Dictionary<string, CodeExchange> _exchanges = new(StringComparer.Ordinal);

    // Apart from each other: whoever invents codes pushes out no tokens that somebody is about to collect.
    private readonly Queue<(CodeExchange Exchange, DateTimeOffset Until)> _succeeded = [];
    private readonly Queue<(CodeExchange Exchange, DateTimeOffset Until)> _failed = [];
    private ITimer? _timer;

    /// <summary>Begins a delivery to the exchange of a code.</summary>
    /// <returns><see langword="null"/> if there are too many.</returns>
    public CodeExchange? Join(FarmCall call)
    {
        lock (_lock)
        {
            if (!_exchanges.TryGetValue(call.Secret, out var exchange))
            {
                // Those that are under way, besides those that are kept.
                if (_exchanges.Count >= Capacity + _succeeded.Count + _failed.Count)
                {
                    return null;
                }

                exchange = _exchanges[call.Secret] = new(call, _lock, onAbandoned);
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
            ended.Enqueue((exchange, until));
            if (ended.Count > Capacity)
            {
                oldest = Dequeue(ended);
            }

            if (_succeeded.Count + _failed.Count == 1)
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

    private void Arm(DateTimeOffset until)
    {
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
            var now = time.GetUtcNow();
            var next = DateTimeOffset.MaxValue;
            foreach (var ended in (ReadOnlySpan<Queue<(CodeExchange Exchange, DateTimeOffset Until)>>)[_succeeded, _failed])
            {
                while (ended.TryPeek(out var oldest))
                {
                    if (oldest.Until > now)
                    {
                        next = oldest.Until < next ? oldest.Until : next;
                        break;
                    }

                    expired.Add(Dequeue(ended));
                }
            }

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

    private CodeExchange Dequeue(Queue<(CodeExchange Exchange, DateTimeOffset Until)> ended)
    {
        var exchange = ended.Dequeue().Exchange;
        RemoveCore(exchange);
        return exchange;
    }

    // Another exchange of the same code may have taken its place.
    private void RemoveCore(CodeExchange exchange)
    {
        if (_exchanges.TryGetValue(exchange.Call.Secret, out var current) && current == exchange)
        {
            _exchanges.Remove(exchange.Call.Secret);
        }
    }
}
