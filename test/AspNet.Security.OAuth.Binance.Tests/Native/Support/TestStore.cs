using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Support;

/// <summary>
/// A store in memory that a test can read, break and hold, and that several logins may share.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim without a wait handle holds nothing.")]
internal sealed class TestStore : IBinanceTokenStore
{
    private readonly Lock _lock = new();
    private readonly List<Held> _holds = [];
    private SemaphoreSlim? _semaphore;
    private TaskCompletionSource _written = NewSignal();
    private string? _text;

    public string? Text
    {
        get => Volatile.Read(ref _text);
        set => Volatile.Write(ref _text, value);
    }

    /// <summary>The exception of each operation: <c>Read</c>, <c>Write</c>, <c>Delete</c>, <c>Lock</c>.</summary>
    public ConcurrentDictionary<string, Exception> Failures { get; } = [];

    /// <summary>Whether each operation completes asynchronously, as that of a file does.</summary>
    public bool IsAsynchronous { get; set; }

    public int Writes { get; private set; }

    /// <summary>Adds a lock between the logins that share the store.</summary>
    public void UseLock() => _semaphore = new(1, 1);

    /// <summary>Holds the operations of this name until they are released.</summary>
    public Held Hold(string operation)
    {
        var held = new Held(operation);
        lock (_lock)
        {
            _holds.Add(held);
        }

        return held;
    }

    public void ReleaseAll()
    {
        lock (_lock)
        {
            _holds.ForEach(held => held.Release());
        }
    }

    /// <summary>Waits for this number of writes.</summary>
    public async Task WrittenAsync(int count)
    {
        while (true)
        {
            Task written;
            lock (_lock)
            {
                if (Writes >= count)
                {
                    return;
                }

                written = _written.Task;
            }

            await written.WaitAsync(TestTimeout.Token);
        }
    }

    public async ValueTask<string?> ReadAsync(CancellationToken cancellationToken)
    {
        await BeginAsync("Read", cancellationToken).ConfigureAwait(false);
        return Text;
    }

    public async ValueTask WriteAsync(string session, CancellationToken cancellationToken)
    {
        await BeginAsync("Write", cancellationToken).ConfigureAwait(false);
        TaskCompletionSource written;
        lock (_lock)
        {
            Text = session;
            Writes++;
            (written, _written) = (_written, NewSignal());
        }

        written.SetResult();
    }

    public async ValueTask DeleteAsync(CancellationToken cancellationToken)
    {
        await BeginAsync("Delete", cancellationToken).ConfigureAwait(false);
        Text = null;
    }

    public async ValueTask<IAsyncDisposable?> LockAsync(CancellationToken cancellationToken)
    {
        await BeginAsync("Lock", cancellationToken).ConfigureAwait(false);
        if (_semaphore is null)
        {
            return null;
        }

        await _semaphore.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Releaser(_semaphore);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async ValueTask BeginAsync(string operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.CompletedTask.ConfigureAwait(IsAsynchronous ? ConfigureAwaitOptions.ForceYielding : ConfigureAwaitOptions.None);
        Held? held;
        lock (_lock)
        {
            held = _holds.Find(candidate => candidate.Operation == operation && !candidate.IsReleased);
        }

        await (held?.PassAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        if (Failures.TryGetValue(operation, out var failure))
        {
            throw failure;
        }
    }

    /// <summary>Holds operations.</summary>
    internal sealed class Held(string operation) : IDisposable
    {
        private readonly TaskCompletionSource _arrived = NewSignal();
        private readonly TaskCompletionSource _released = NewSignal();

        public string Operation => operation;

        public bool IsReleased => _released.Task.IsCompleted;

        /// <summary>Waits until one has begun.</summary>
        public Task ArrivedAsync() => _arrived.Task.WaitAsync(TestTimeout.Token);

        public void Release() => _released.TrySetResult();

        public void Dispose() => Release();

        public Task PassAsync()
        {
            _arrived.TrySetResult();
            return _released.Task;
        }
    }

    private sealed class Releaser(SemaphoreSlim semaphore) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            semaphore.Release();
            return ValueTask.CompletedTask;
        }
    }
}
