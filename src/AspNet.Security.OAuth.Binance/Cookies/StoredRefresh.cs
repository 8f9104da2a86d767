using AspNet.Security.OAuth.Binance.Tokens;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>A refresh of tokens in a store. It does not belong to a request, and continues without its callers.</summary>
/// <typeparam name="T">The type of its result, after the new tokens are stored.</typeparam>
internal sealed class StoredRefresh<T>
{
    private readonly RefreshCall _call;
    private readonly Task<T> _stored;
    private readonly TimeProvider _time;
    private readonly long _started;

    private StoredRefresh(RefreshCall call, Task<T> stored, TimeProvider time)
        => (_call, _stored, _time, _started) = (call, stored, time, time.GetTimestamp());

    /// <summary>Starts a refresh.</summary>
    /// <param name="call">The call, which the request has joined. Joined later, it could be another one that begins after the end of the session.</param>
    /// <param name="store">Waits for the call, and stores its outcome.</param>
    /// <param name="time">The clock.</param>
    public static StoredRefresh<T> Start(RefreshCall call, Func<Task<T>> store, TimeProvider time)
    {
        var stored = DetachedFlow.RunAsync(store);

        // Observes the exception: all callers may have stopped waiting.
        _ = stored.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return new(call, stored, time);
    }

    /// <summary>Waits until the tokens are refreshed. They may not be stored yet.</summary>
    /// <returns>
    /// The tokens, or <see langword="null"/> if the refresh failed, which <see cref="WaitAsync"/> reports: the store may have newer ones, and the next caller must not join this refresh.
    /// </returns>
    /// <exception cref="BinanceAuthenticationException">The refresh continues (<see cref="BinanceFailure.Timeout"/>).</exception>
    public async Task<BinanceTokens?> WaitForCallAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            return await _call.WaitAsync(longest, cancellationToken);
        }
        catch (BinanceAuthenticationException) when (_call.IsCompleted)
        {
            return null;
        }
    }

    /// <summary>Waits until the tokens are refreshed and stored.</summary>
    public Task<T> WaitAsync(CancellationToken cancellationToken) => _stored.WaitAsync(cancellationToken);

    /// <summary>Waits for 2 seconds from the start of the refresh, because the access token is still valid.</summary>
    /// <exception cref="TimeoutException">The refresh continues.</exception>
    public Task<T> WaitShortlyAsync(CancellationToken cancellationToken)
    {
        var remaining = RefreshCall.WaitWhileValid - _time.GetElapsedTime(_started);
        return _stored.WaitAsync(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, _time, cancellationToken);
    }
}
