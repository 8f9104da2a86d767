namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>Counts who came by, so that a test can wait for a number of them.</summary>
internal sealed class Turnstile
{
    private readonly Lock _gate = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _awaited = [];
    private int _count;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    public void Pass()
    {
        lock (_gate)
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

    /// <summary>Completes when so many more have passed.</summary>
    public Task Next(int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _awaited.Add((_count + count, reached));
        }

        return reached.Task.WaitAsync(TestTimeout.Token);
    }
}
