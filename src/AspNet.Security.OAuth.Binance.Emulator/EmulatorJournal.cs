using System.Collections;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>Every request to the emulator with its response, oldest first, at most <see cref="BinanceEmulatorOptions.JournalCapacity"/> of them. Safe to use from many threads; enumerating takes a snapshot.</summary>
public sealed class EmulatorJournal : IEnumerable<EmulatorRequest>
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Entry> _requests = [];
    private readonly BinanceEmulatorOptions _options;
    private readonly List<Channel<EmulatorRequest>> _readers = [];
    private TaskCompletionSource _grown = NewSignal();
    private long _added;
    private int _period;
    private bool _isClosed;

    internal EmulatorJournal(BinanceEmulatorOptions options) => _options = options;

    /// <summary>Gets the number of resets.</summary>
    internal int Period
    {
        get
        {
            lock (_lock)
            {
                return _period;
            }
        }
    }

    /// <summary>Counts the requests to an endpoint in the journal.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>The number of requests.</returns>
    public int Count(EmulatorEndpoint endpoint) => To(endpoint).Count;

    /// <summary>Returns the requests to an endpoint.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>A snapshot, oldest first.</returns>
    public IReadOnlyList<EmulatorRequest> To(EmulatorEndpoint endpoint) => Snapshot().FindAll(request => request.Endpoint == endpoint);

    /// <summary>Removes all requests.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _requests.Clear();
        }
    }

    /// <summary>Waits until the journal contains a matching request. Earlier requests count.</summary>
    /// <param name="predicate">The condition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The oldest request that matches.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    public Task<EmulatorRequest> WaitForAsync(Func<EmulatorRequest, bool> predicate, CancellationToken cancellationToken)
        => WaitForAsync(predicate, count: 1, cancellationToken);

    /// <summary>Waits until the journal contains a number of matching requests. Earlier requests count.</summary>
    /// <param name="predicate">The condition.</param>
    /// <param name="count">The number of requests. Those that the journal has removed do not count.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The matching request with this number, counted from the oldest.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    public async Task<EmulatorRequest> WaitForAsync(Func<EmulatorRequest, bool> predicate, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var matches = new Queue<Entry>();
        var seen = 0L;
        while (true)
        {
            // Outside the lock, because the predicate is the test's code. It is called once for each request.
            var news = TakeNewer(ref seen, out var oldest, out var grown);
            while (matches.TryPeek(out var first) && first.Position < oldest)
            {
                matches.Dequeue();
            }

            foreach (var entry in news)
            {
                if (predicate(entry.Request))
                {
                    matches.Enqueue(entry);
                }
            }

            if (matches.Count >= count)
            {
                return matches.ElementAt(count - 1).Request;
            }

            await grown.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Reads every request from this call on, in order. <see cref="Clear"/> and <see cref="BinanceEmulator.Reset"/> do not affect it.
    /// The reader begins with this call and not with its enumeration. If more than <see cref="BinanceEmulatorOptions.JournalCapacity"/> (at the
    /// time of this call) requests are unread, the oldest of them are lost.
    /// </summary>
    /// <param name="cancellationToken">Ends the reader.</param>
    /// <returns>The requests, to be enumerated once. The sequence ends when the emulator stops.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled. Thrown by the enumeration.</exception>
    public IAsyncEnumerable<EmulatorRequest> ReadAllAsync(CancellationToken cancellationToken = default)
    {
        var reader = Channel.CreateBounded<EmulatorRequest>(
            new BoundedChannelOptions(_options.JournalCapacity) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            if (_isClosed)
            {
                reader.Writer.Complete();
            }
            else
            {
                _readers.Add(reader);
            }
        }

        // The sequence may never be enumerated.
        return ReadAllAsync(reader, cancellationToken.UnsafeRegister(_ => Forget(reader), null), cancellationToken);
    }

    /// <inheritdoc/>
    public IEnumerator<EmulatorRequest> GetEnumerator() => Snapshot().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Adds a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="period">The <see cref="Period"/> in which it arrived. A request that arrived before a reset gets to readers, and not into the journal.</param>
    internal void Add(EmulatorRequest request, int period)
    {
        TaskCompletionSource grown;
        lock (_lock)
        {
            // Under the lock, so that readers get the order of the journal. The channel drops its oldest entry, and never waits.
            _readers.ForEach(reader => reader.Writer.TryWrite(request));
            if (period != _period)
            {
                return;
            }

            while (_requests.Count >= _options.JournalCapacity)
            {
                _requests.RemoveFirst();
            }

            _requests.AddLast(new Entry(++_added, request));
            grown = _grown;
            _grown = NewSignal();
        }

        grown.SetResult();
    }

    /// <summary>Removes all requests, those in progress too.</summary>
    internal void Reset()
    {
        lock (_lock)
        {
            _period++;
            _requests.Clear();
        }
    }

    /// <summary>Ends all readers.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _readers.ForEach(reader => reader.Writer.TryComplete());
            _readers.Clear();
        }
    }

    private async IAsyncEnumerable<EmulatorRequest> ReadAllAsync(
        Channel<EmulatorRequest> reader, CancellationTokenRegistration registration, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var request in reader.Reader.ReadAllAsync(cancellationToken))
            {
                yield return request;
            }
        }
        finally
        {
            await registration.DisposeAsync();
            Forget(reader);
        }
    }

    private void Forget(Channel<EmulatorRequest> reader)
    {
        lock (_lock)
        {
            _readers.Remove(reader);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private List<EmulatorRequest> Snapshot()
    {
        lock (_lock)
        {
            return [.. _requests.Select(entry => entry.Request)];
        }
    }

    // From the newest back, so that a wait does not read a request twice.
    private Stack<Entry> TakeNewer(ref long seen, out long oldest, out Task grown)
    {
        lock (_lock)
        {
            var newer = new Stack<Entry>();
            for (var node = _requests.Last; node is not null && node.Value.Position > seen; node = node.Previous)
            {
                newer.Push(node.Value);
            }

            (seen, oldest, grown) = (_added, _requests.First?.Value.Position ?? long.MaxValue, _grown.Task);
            return newer;
        }
    }

    /// <summary>A request in the journal.</summary>
    /// <param name="Position">Its position. <see cref="EmulatorRequest.Number"/> is assigned before a request is added, and can be in another order.</param>
    /// <param name="Request">The request.</param>
    private sealed record Entry(long Position, EmulatorRequest Request);
}
