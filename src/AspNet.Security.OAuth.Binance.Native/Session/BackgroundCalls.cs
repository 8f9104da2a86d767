using System.Collections.Concurrent;

namespace AspNet.Security.OAuth.Binance.Session;

/// <summary>
/// Calls that go on when nobody waits for them any more, because cutting them short would lose tokens.
/// </summary>
internal sealed class BackgroundCalls
{
    private readonly ConcurrentDictionary<Task, bool> _calls = new();

    /// <summary>Starts a call outside of the caller's context: a user interface's thread must not be needed to finish it.</summary>
    public Task<T> Start<T>(Func<Task<T>> call)
    {
        var task = Task.Run(call);
        _calls.TryAdd(task, true);
        _ = task.ContinueWith(
            ended =>
            {
                _calls.TryRemove(ended, out _);

                // A failure that nobody waits for any more is no unobserved exception.
                _ = ended.Exception;
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return task;
    }

    /// <summary>Waits until those that are under way, and those that they start, have ended, whatever their outcome.</summary>
    public async Task EndAsync()
    {
        while (!_calls.IsEmpty)
        {
            await Task.WhenAll(_calls.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
