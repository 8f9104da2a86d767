using System.Collections.Concurrent;

namespace AspNet.Security.OAuth.Binance.Session;

/// <summary>
/// Calls that continue after their callers have stopped waiting, because cancelling them would lose tokens.
/// </summary>
internal sealed class BackgroundCalls
{
    private readonly ConcurrentDictionary<Task, bool> _calls = new();

    /// <summary>Starts a call outside of the caller's synchronization context, so that it does not need a user interface's thread to complete.</summary>
    public Task<T> Start<T>(Func<Task<T>> call)
    {
        var task = Task.Run(call);
        _calls.TryAdd(task, true);
        _ = task.ContinueWith(
            ended =>
            {
                _calls.TryRemove(ended, out _);

                // Observes the exception: all callers may have stopped waiting.
                _ = ended.Exception;
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return task;
    }

    /// <summary>Waits until the calls in progress, and those that they start, have ended.</summary>
    public async Task EndAsync()
    {
        while (!_calls.IsEmpty)
        {
            await Task.WhenAll(_calls.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
