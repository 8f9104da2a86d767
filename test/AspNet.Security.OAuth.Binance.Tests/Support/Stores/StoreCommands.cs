
namespace AspNet.Security.OAuth.Binance.Tests.Support.Stores;

/// <summary>
/// The commands of a distributed cache.
/// </summary>
public enum StoreCommand
{
    Get,
    Set,
    Remove,
}

/// <summary>
/// The commands that a <see cref="SharedStore"/> gets. A test can count them, let them fail, hold one, and wait for one to be done.
/// </summary>
internal sealed class StoreCommands
{
    private readonly Lock _lock = new();
    private readonly List<StoreHold> _holds = [];
    private readonly List<(StoreCommand Command, string Part, TaskCompletionSource Done)> _awaited = [];
    private readonly List<StoreFailures> _failures = [];
    private int _count;

    /// <summary>How many commands there were, those that failed or never completed included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Runs before a command with its key; throws, or never completes.</summary>
    public Func<StoreCommand, string, Task>? Before { get; set; }

    /// <summary>Makes every later command fail.</summary>
    public void Fail() => Before = static (_, _) => Task.FromException(new InvalidOperationException("the connection is lost"));

    /// <summary>Makes every later command hang.</summary>
    public void Hang() => Before = static (_, _) => new TaskCompletionSource().Task;

    /// <summary>Ends an outage.</summary>
    public void Recover()
    {
        Before = null;
        lock (_lock)
        {
            _failures.Clear();
        }
    }

    /// <summary>Makes a number of commands of one kind fail, on keys that contain a text.</summary>
    public StoreFailures FailNext(int times, StoreCommand command, string part = "")
    {
        var failures = new StoreFailures(times, command, part);
        lock (_lock)
        {
            _failures.Add(failures);
        }

        return failures;
    }

    /// <summary>Holds the next command on a key that contains a text, before its work is done or after it.</summary>
    public StoreHold Hold(StoreCommand command, string part, bool afterwards = false)
    {
        var hold = new StoreHold(command, part, afterwards);
        lock (_lock)
        {
            _holds.Add(hold);
        }

        return hold;
    }

    /// <summary>Completes when the next command on a key that contains a text is done.</summary>
    public Task Next(StoreCommand command, string part)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _awaited.Add((command, part, done));
        }

        return done.Task.WaitAsync(TestTimeout.Token);
    }

    public async Task<T> RunAsync<T>(StoreCommand command, string key, Func<T> work)
    {
        Interlocked.Increment(ref _count);
        await (Before?.Invoke(command, key) ?? Task.CompletedTask);
        if (TakeFailure(command, key))
        {
            throw new InvalidOperationException("the connection is lost");
        }

        var hold = TakeHold(command, key);
        if (hold is { IsAfterwards: false })
        {
            await hold.PassAsync();
        }

        var result = work();
        if (hold is { IsAfterwards: true })
        {
            await hold.PassAsync();
        }

        Report(command, key);
        return result;
    }

    private bool TakeFailure(StoreCommand command, string key)
    {
        lock (_lock)
        {
            return _failures.Find(failures => failures.IsFor(command, key))?.TryTake() is true;
        }
    }

    private StoreHold? TakeHold(StoreCommand command, string key)
    {
        lock (_lock)
        {
            var hold = _holds.Find(hold => hold.IsFor(command, key));
            if (hold is not null)
            {
                _holds.Remove(hold);
            }

            return hold;
        }
    }

    private void Report(StoreCommand command, string key)
    {
        lock (_lock)
        {
            foreach (var (_, _, done) in _awaited.FindAll(awaited => IsFor(awaited.Command, awaited.Part)))
            {
                done.TrySetResult();
            }

            _awaited.RemoveAll(awaited => IsFor(awaited.Command, awaited.Part));
        }

        bool IsFor(StoreCommand other, string part) => other == command && key.Contains(part, StringComparison.Ordinal);
    }
}

/// <summary>Commands that fail, a number of them.</summary>
internal sealed class StoreFailures(int times, StoreCommand command, string part)
{
    private int _left = times;

    /// <summary>How many are still to fail.</summary>
    public int Left => Volatile.Read(ref _left);

    public bool IsFor(StoreCommand other, string key) => Left > 0 && other == command && key.Contains(part, StringComparison.Ordinal);

    /// <summary>Takes one of them. The caller holds the commands' lock.</summary>
    public bool TryTake() => Interlocked.Decrement(ref _left) >= 0;
}

/// <summary>One command that is held until the test releases it.</summary>
internal sealed class StoreHold(StoreCommand command, string part, bool afterwards)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsAfterwards => afterwards;

    /// <summary>Completes when such a command waits.</summary>
    public Task Reached => _reached.Task.WaitAsync(TestTimeout.Token);

    public bool IsFor(StoreCommand other, string key) => other == command && key.Contains(part, StringComparison.Ordinal);

    public void Release() => _released.TrySetResult();

    public Task PassAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }
}
