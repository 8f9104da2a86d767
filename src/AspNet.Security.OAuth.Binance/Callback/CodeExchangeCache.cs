using System.Diagnostics.CodeAnalysis;
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
    private readonly Queue<(CodeExchange Exchange, DateTimeOffset Until)> _ended = [];
    private ITimer? _timer;

    /// <summary>Begins a delivery to the exchange of a code.</summary>
    /// <returns><see langword="null"/> if there are too many.</returns>
    public CodeExchange? Join(FarmCall call)
    {
        CodeExchange? oldest = null;
        try
        {
            lock (_lock)
            {
                if (!_exchanges.TryGetValue(call.Secret, out var exchange))
                {
                    if (_exchanges.Count >= Capacity && !TryDequeue(out oldest))
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
        finally
        {
            oldest?.Expire();
        }
    }

    /// <summary>Keeps an exchange that has ended.</summary>
    public void Keep(CodeExchange exchange, DateTimeOffset until)
    {
        lock (_lock)
        {
            _ended.Enqueue((exchange, until));
            if (_ended.Count == 1)
            {
                Arm(until);
            }
        }
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
        due = due > TimeSpan.Zero ? due : TimeSpan.Zero;
        // It is created by a call that runs without the execution context of a request.
        _timer ??= time.CreateTimer(static cache => ((CodeExchangeCache)cache!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private void Sweep()
    {
        List<CodeExchange> expired = [];
        lock (_lock)
        {
            var now = time.GetUtcNow();
            while (_ended.TryPeek(out var oldest) && oldest.Until <= now && TryDequeue(out var exchange))
            {
                expired.Add(exchange);
            }

            if (_ended.TryPeek(out var next))
            {
                Arm(next.Until);
            }
        }

        foreach (var exchange in expired)
        {
            exchange.Expire();
        }
    }

    private bool TryDequeue([NotNullWhen(true)] out CodeExchange? exchange)
    {
        exchange = null;
        if (_ended.TryDequeue(out var oldest))
        {
            exchange = oldest.Exchange;
            RemoveCore(exchange);
        }

        return exchange is not null;
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
