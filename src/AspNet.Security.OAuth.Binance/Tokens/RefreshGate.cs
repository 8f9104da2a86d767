using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Wire;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Lets each refresh token through once. Whoever comes with the same one, while the call runs or shortly after, gets its outcome:
/// a server that rotates takes a second use for a theft and ends the session (W5).
/// </summary>
internal sealed class RefreshGate
{
    /// <summary>How long an answer about the token is remembered: a browser that never saw the renewed cookie comes again with the old one.</summary>
    public static readonly TimeSpan OutcomeLifetime = TimeSpan.FromMinutes(1);

    // A failure that says nothing about the token keeps others from trying again for as long.
    private static readonly TimeSpan _failurePause = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<RefreshKey, Flight> _flights = new();

    public static TimeSpan LifetimeOf(WireResult<BinanceTokens> outcome)
        => outcome.Failure is null or { Kind: BinanceFailure.InvalidGrant } ? OutcomeLifetime : _failurePause;

    /// <summary>Waits for the outcome. A caller that stops waiting does not stop the call: the others still need it.</summary>
    /// <param name="key">What is refreshed.</param>
    /// <param name="refresh">The call. It must not throw: its outcome is everybody's.</param>
    /// <param name="time">The clock that outcomes age by.</param>
    /// <param name="cancellationToken">Ends this caller's waiting.</param>
    public Task<WireResult<BinanceTokens>> RefreshAsync(
        RefreshKey key, Func<Task<WireResult<BinanceTokens>>> refresh, TimeProvider time, CancellationToken cancellationToken)
        => _flights.GetOrAdd(key, static (key, start) => new Flight(() => start.gate.FlyAsync(key, start.refresh, start.time)), (gate: this, refresh, time))
            .Outcome.Value.WaitAsync(cancellationToken);

    /// <summary>The outcome of a refresh that runs or that ran lately, or <see langword="null"/> if there was none.</summary>
    public Task<WireResult<BinanceTokens>>? Find(RefreshKey key) => _flights.TryGetValue(key, out var flight) ? flight.Outcome.Value : null;

    private Task<WireResult<BinanceTokens>> FlyAsync(RefreshKey key, Func<Task<WireResult<BinanceTokens>>> refresh, TimeProvider time)
    {
        // The call belongs to nobody's request: what is ambient in the first caller's must not live on in it.
        using (ExecutionContext.SuppressFlow())
        {
            return Task.Run(async () =>
            {
                var outcome = await refresh();
                Forget(key, time, LifetimeOf(outcome));
                return outcome;
            });
        }
    }

    private void Forget(RefreshKey key, TimeProvider time, TimeSpan after)
    {
        if (_flights.TryGetValue(key, out var flight))
        {
            // The flight keeps its timer alive, and the timer ends with the flight.
            flight.Timer = time.CreateTimer(
                _ =>
                {
                    _flights.TryRemove(KeyValuePair.Create(key, flight));
                    flight.Timer?.Dispose();
                },
                null,
                after,
                Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Flight(Func<Task<WireResult<BinanceTokens>>> start)
    {
        public Lazy<Task<WireResult<BinanceTokens>>> Outcome { get; } = new(start);

        public ITimer? Timer { get; set; }
    }
}
