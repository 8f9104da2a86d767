using AspNet.Security.OAuth.Binance.Tokens;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>A refresh of tokens in a store. It does not belong to a request, and continues without its callers.</summary>
/// <typeparam name="T">The type of its result, after the new tokens are stored.</typeparam>
internal sealed class StoredRefresh<T>
{
    private readonly Task<T> _call;
    private readonly TimeProvider _time;
    private readonly long _started;

    private StoredRefresh(Task<T> call, TimeProvider time) => (_call, _time, _started) = (call, time, time.GetTimestamp());

    public static StoredRefresh<T> Start(Func<Task<T>> run, TimeProvider time)
    {
        var call = DetachedFlow.RunAsync(run);

        // Observes the exception: all callers may have stopped waiting.
        _ = call.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return new(call, time);
    }

    /// <summary>Waits until the tokens are refreshed and stored.</summary>
    public Task<T> WaitAsync(CancellationToken cancellationToken) => _call.WaitAsync(cancellationToken);

    /// <summary>Waits for 2 seconds from the start of the refresh, because the access token is still valid.</summary>
    /// <exception cref="TimeoutException">The refresh continues.</exception>
    public Task<T> WaitShortlyAsync(CancellationToken cancellationToken)
    {
        var remaining = RefreshCall.WaitWhileValid - _time.GetElapsedTime(_started);
        return _call.WaitAsync(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, _time, cancellationToken);
    }
}
