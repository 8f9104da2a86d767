
namespace AspNet.Security.OAuth.Binance.Tests.Support.Time;

/// <summary>Counts calls, so that a test can wait for a number of them.</summary>
internal sealed class CallCounter
{
    private readonly Lock _lock = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _awaited = [];
    private int _count;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    public void Add()
    {
        lock (_lock)
        {
            _count++;
            foreach (var (count, reached) in _awaited)
            {
                if (_count >= count)
                {
                    reached.TrySetResult();
                }
            }
        }
    }

    /// <summary>Completes when so many more were counted.</summary>
    public Task Next(int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _awaited.Add((_count + count, reached));
        }

        return reached.Task.WaitAsync(TestTimeout.Token);
    }
}
