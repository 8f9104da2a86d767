using System.Collections.Concurrent;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Coalesces concurrent refreshes of one refresh token within a process: callers with the same refresh token, during the call
/// or shortly after it, share its outcome. A server that rotates refresh tokens treats a second use as theft and ends the
/// grant (RFC 9700 section 4.14.2). One instance serves one client. The methods are thread-safe and virtual, so that an application
/// can replace them in its unit tests.
/// </summary>
public class BinanceTokenRefresher
{
    // For new tokens and for a refusal: a caller that did not receive the new tokens may pass the old refresh token again.
    private static readonly TimeSpan _outcomeLifetime = TimeSpan.FromMinutes(10);

    // For any other failure: no new call is made during this time.
    private static readonly TimeSpan _failureLifetime = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Call> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ITimer> _spent = new(StringComparer.Ordinal);
    private readonly Func<string, Task<BinanceTokens>> _refresh;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;

    /// <summary>
    /// Initializes a refresher of one client's tokens. A caller waits for the client's <see cref="BinanceOAuthClient.Timeout"/>; the call
    /// itself may take <see cref="BinanceOAuthClient.RefreshTimeout"/>.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is <see langword="null"/>.</exception>
    public BinanceTokenRefresher(BinanceOAuthClient client)
        : this(
            refreshToken => client.RefreshAsync(refreshToken),
            (client ?? throw new ArgumentNullException(nameof(client))).TimeProvider,
            client.Timeout)
    {
    }

    /// <summary>
    /// Initializes a refresher around a call of the application's own, such as one that holds a distributed lock.
    /// </summary>
    /// <param name="refresh">Makes the call for a refresh token. It runs once, outside of the execution context of the first caller.</param>
    /// <param name="timeProvider">The clock by which outcomes expire.</param>
    /// <param name="timeout">How long callers wait, counted from the start of the call. The call continues without them. The default is 10 seconds.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is not positive.</exception>
    public BinanceTokenRefresher(Func<string, Task<BinanceTokens>> refresh, TimeProvider timeProvider, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(refresh);
        ArgumentNullException.ThrowIfNull(timeProvider);
        _timeout = timeout ?? TimeSpan.FromSeconds(10);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_timeout, TimeSpan.Zero, nameof(timeout));
        (_refresh, _time) = (refresh, timeProvider);
    }

    /// <summary>
    /// Returns how long tokens are kept: ten minutes, at most until half of the access token's lifetime has passed, so that no caller gets
    /// tokens that are about to expire.
    /// </summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="now">The end of the call.</param>
    /// <returns>The time, counted from the end of the call.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="tokens"/> is <see langword="null"/>.</exception>
    public static TimeSpan LifetimeOf(BinanceTokens tokens, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return tokens.ExpiresAt - now is { } life && life / 2 < _outcomeLifetime ? TimeSpan.FromTicks(Math.Max(0, life.Ticks / 2)) : _outcomeLifetime;
    }

    /// <summary>
    /// Returns how long a failure is kept: a refusal of the refresh token for ten minutes, any other for 30 seconds.
    /// </summary>
    /// <param name="failure">The failure.</param>
    /// <returns>The time, counted from the end of the call.</returns>
    public static TimeSpan LifetimeOf(BinanceFailure failure) => failure is BinanceFailure.InvalidGrant ? _outcomeLifetime : _failureLifetime;

    /// <summary>
    /// Gets new tokens for a refresh token, by one call for all callers with that refresh token, during the call or shortly after it.
    /// </summary>
    /// <param name="refreshToken">The refresh token.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller. The call continues.</param>
    /// <returns>The new tokens. Store them before you use them.</returns>
    /// <exception cref="ArgumentException"><paramref name="refreshToken"/> is null or empty.</exception>
    /// <exception cref="BinanceAuthenticationException">
    /// The refresh failed, for all of its callers; or it takes longer than this caller waits (<see cref="BinanceFailure.Timeout"/>).
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual async Task<BinanceTokens> RefreshAsync(string refreshToken, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(refreshToken);
        var call = _calls.GetOrAdd(
            refreshToken, static (token, refresher) => new Call(() => refresher.Start(token), refresher._time.GetTimestamp()), this);
        return await WaitAsync(call, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Waits for the outcome of a refresh that is in progress or was made shortly before, as long as <see cref="RefreshAsync"/> does, without starting one.
    /// </summary>
    /// <param name="refreshToken">The refresh token.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller.</param>
    /// <returns>The tokens, or <see langword="null"/> if there is no such refresh.</returns>
    /// <exception cref="ArgumentException"><paramref name="refreshToken"/> is null or empty.</exception>
    /// <exception cref="BinanceAuthenticationException">
    /// The refresh failed, for all of its callers; or it takes longer than this caller waits (<see cref="BinanceFailure.Timeout"/>).
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual async Task<BinanceTokens?> FindAsync(string refreshToken, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(refreshToken);
        return _calls.TryGetValue(refreshToken, out var call) ? await WaitAsync(call, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <summary>
    /// Returns the outcome of a refresh that is in progress or was made shortly before, without starting one.
    /// </summary>
    /// <param name="refreshToken">The refresh token.</param>
    /// <returns>The outcome, which may be a failure, or <see langword="null"/> if there is none.</returns>
    /// <exception cref="ArgumentException"><paramref name="refreshToken"/> is null or empty.</exception>
    public virtual Task<BinanceTokens>? Find(string refreshToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(refreshToken);
        return _calls.TryGetValue(refreshToken, out var call) ? call.Outcome : null;
    }

    /// <summary>
    /// Determines whether a refresh token was exchanged for another one within the last ten minutes. The outcome may be removed earlier,
    /// when the new access token has a short lifetime. A caller that still holds the old tokens must not overwrite newer ones with them.
    /// </summary>
    /// <param name="refreshToken">The refresh token.</param>
    /// <returns><see langword="true"/> if another refresh token replaced it.</returns>
    /// <exception cref="ArgumentException"><paramref name="refreshToken"/> is null or empty.</exception>
    public virtual bool IsSpent(string refreshToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(refreshToken);
        return _spent.ContainsKey(refreshToken);
    }

    /// <summary>
    /// Removes an outcome, for example when its session has ended. A call in progress continues.
    /// </summary>
    /// <param name="refreshToken">The refresh token.</param>
    /// <exception cref="ArgumentException"><paramref name="refreshToken"/> is null or empty.</exception>
    public virtual void Forget(string refreshToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(refreshToken);
        if (_calls.TryGetValue(refreshToken, out var call) && call.Outcome.IsCompleted && _calls.TryRemove(KeyValuePair.Create(refreshToken, call)))
        {
            call.Timer?.Dispose();
        }
    }

    private async Task<BinanceTokens> WaitAsync(Call call, CancellationToken cancellationToken)
    {
        try
        {
            // The timeout counts from the start of the call, so that later callers do not each wait the full time for a slow server.
            var remaining = _timeout - _time.GetElapsedTime(call.Started);
            return await call.Outcome.WaitAsync(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The call may have completed at the same moment.
            return call.Outcome.IsCompleted ? await call.Outcome.ConfigureAwait(false) : throw new BinanceAuthenticationException(BinanceFailure.Timeout, "Binance's token endpoint: no complete response in time; the refresh continues.");
        }
    }

    private Task<BinanceTokens> Start(string refreshToken)
    {
        Task<BinanceTokens> call;

        // The call outlives the request of its first caller, and must not keep that caller's ExecutionContext.
        using (ExecutionContext.SuppressFlow())
        {
            call = Task.Run(() => RunAsync(refreshToken));
        }

        // Observes the exception: all callers may have stopped waiting.
        _ = call.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return call;
    }

    private async Task<BinanceTokens> RunAsync(string refreshToken)
    {
        var lifetime = _failureLifetime;
        try
        {
            var tokens = await _refresh(refreshToken).ConfigureAwait(false);
            lifetime = LifetimeOf(tokens, _time.GetUtcNow());
            if (tokens.RefreshToken != refreshToken)
            {
                MarkSpent(refreshToken);
            }

            return tokens;
        }
        catch (BinanceAuthenticationException exception)
        {
            lifetime = LifetimeOf(exception.Failure);
            throw;
        }
        finally
        {
            ForgetAfter(refreshToken, lifetime);
        }
    }

    private void MarkSpent(string refreshToken)
    {
        var timer = _time.CreateTimer(
            _ =>
            {
                if (_spent.TryRemove(refreshToken, out var own))
                {
                    own.Dispose();
                }
            },
            null,
            _outcomeLifetime,
            Timeout.InfiniteTimeSpan);
        if (!_spent.TryAdd(refreshToken, timer))
        {
            timer.Dispose();
        }
    }

    private void ForgetAfter(string refreshToken, TimeSpan after)
    {
        if (_calls.TryGetValue(refreshToken, out var call))
        {
            // The call references its timer, so that the timer is not collected before its time.
            call.Timer = _time.CreateTimer(
                _ =>
                {
                    _calls.TryRemove(KeyValuePair.Create(refreshToken, call));
                    call.Timer?.Dispose();
                },
                null,
                after,
                Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Call(Func<Task<BinanceTokens>> start, long started)
    {
        private readonly Lazy<Task<BinanceTokens>> _outcome = new(start);

        public long Started => started;

        public ITimer? Timer { get; set; }

        public Task<BinanceTokens> Outcome => _outcome.Value;
    }
}
