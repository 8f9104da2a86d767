using System.Collections;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>Every request to the emulator with its response, oldest first, at most <see cref="BinanceEmulatorOptions.JournalCapacity"/> of them. Safe to use from many threads; enumerating takes a snapshot.</summary>
public sealed class EmulatorJournal : IEnumerable<EmulatorRequest>
{
    private readonly Lock _lock = new();
    private readonly Queue<EmulatorRequest> _requests = new();
    private readonly BinanceEmulatorOptions _options;
    private TaskCompletionSource _grown = NewSignal();

    internal EmulatorJournal(BinanceEmulatorOptions options) => _options = options;

    /// <summary>Counts the requests to an endpoint that the journal holds.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>How many.</returns>
    public int Count(EmulatorEndpoint endpoint) => To(endpoint).Count;

    /// <summary>The requests to an endpoint.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>A snapshot, oldest first.</returns>
    public IReadOnlyList<EmulatorRequest> To(EmulatorEndpoint endpoint) => Snapshot(out _).FindAll(request => request.Endpoint == endpoint);

    /// <summary>Forgets all requests.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _requests.Clear();
        }
    }

    /// <summary>Waits until the journal holds a request that matches, which may be there already.</summary>
    /// <param name="predicate">What to wait for.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The oldest request that matches.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    public async Task<EmulatorRequest> WaitForAsync(Func<EmulatorRequest, bool> predicate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        while (true)
        {
            // Outside the lock: the predicate is the test's code.
            var requests = Snapshot(out var grown);
            if (requests.Find(request => predicate(request)) is { } found)
            {
                return found;
            }

            await grown.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<EmulatorRequest> GetEnumerator() => Snapshot(out _).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(EmulatorRequest request)
    {
        TaskCompletionSource grown;
        lock (_lock)
        {
            while (_requests.Count >= _options.JournalCapacity)
            {
                _requests.Dequeue();
            }

            _requests.Enqueue(request);
            grown = _grown;
            _grown = NewSignal();
        }

        grown.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private List<EmulatorRequest> Snapshot(out Task grown)
    {
        lock (_lock)
        {
            grown = _grown.Task;
            return [.. _requests];
        }
    }
}
