namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>Holds requests that the emulator has received until they are released, for tests of concurrent work.</summary>
public sealed class EmulatorHold : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Action<EmulatorHold> _forget;
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrived;

    internal EmulatorHold(string id, EmulatorEndpoint endpoint, Action<EmulatorHold> forget)
    {
        Id = id;
        Endpoint = endpoint;
        _forget = forget;
    }

    /// <summary>Gets the id, which no other hold of the same emulator has.</summary>
    public string Id { get; }

    /// <summary>Gets the endpoint whose calls are held.</summary>
    public EmulatorEndpoint Endpoint { get; }

    /// <summary>Gets the number of requests that have arrived since the hold began.</summary>
    public int Arrived
    {
        get
        {
            lock (_lock)
            {
                return _arrived;
            }
        }
    }

    /// <summary>Waits until requests have arrived.</summary>
    /// <param name="count">The number of requests since the hold began.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes when that many have arrived.</returns>
    /// <exception cref="InvalidOperationException">The hold was released first.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    public async Task WaitForCallsAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task arrival;
            lock (_lock)
            {
                if (_arrived >= count)
                {
                    return;
                }

                if (_released.Task.IsCompleted)
                {
                    throw new InvalidOperationException($"The hold is released. Of {count} calls, {_arrived} had arrived.");
                }

                arrival = Task.WhenAny(_arrival.Task, _released.Task);
            }

            await arrival.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Releases the held requests, and ends the hold.</summary>
    public void Release()
    {
        _forget(this);
        _released.TrySetResult();
    }

    /// <inheritdoc cref="Release"/>
    public void Dispose() => Release();

    internal Task PassAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource arrival;
        lock (_lock)
        {
            _arrived++;
            arrival = _arrival;
            _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        arrival.SetResult();
        return _released.Task.WaitAsync(cancellationToken);
    }
}
