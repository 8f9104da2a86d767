namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The faults and holds of the next requests. Faults are applied in the order they were added, each to the given number of requests, also when requests are concurrent.</summary>
public sealed class EmulatorFaults
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _pending = [];
    private readonly List<EmulatorHold> _holds = [];
    private long _lastHold;

    internal EmulatorFaults()
    {
    }

    /// <summary>Gets the number of requests that a fault is still to be applied to.</summary>
    public long PendingCount
    {
        get
        {
            lock (_lock)
            {
                return _pending.Sum(entry => (long)entry.Times);
            }
        }
    }

    /// <summary>Gets the faults that are still to be applied, in order.</summary>
    /// <value>A snapshot.</value>
    public IReadOnlyList<EmulatorPendingFault> Pending
    {
        get
        {
            lock (_lock)
            {
                return [.. _pending.Select(entry => new EmulatorPendingFault(entry.Endpoint, entry.Fault, entry.Times))];
            }
        }
    }

    /// <summary>Gets the holds that are not released, in the order they began.</summary>
    /// <value>A snapshot.</value>
    public IReadOnlyList<EmulatorHold> Holds
    {
        get
        {
            lock (_lock)
            {
                return [.. _holds];
            }
        }
    }

    /// <summary>Applies a fault to the next requests to an endpoint, after the faults that were added before.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="times">The number of requests. <see cref="int.MaxValue"/>: all until <see cref="Clear"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="times"/> is less than 1.</exception>
    public void Next(EmulatorEndpoint endpoint, EmulatorFault fault, int times = 1)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        lock (_lock)
        {
            _pending.Add(new Entry(endpoint, fault) { Times = times });
        }
    }

    /// <summary>Holds all requests to an endpoint before they are handled, until the hold is released.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>The hold. Disposing it releases the requests.</returns>
    public EmulatorHold Hold(EmulatorEndpoint endpoint)
    {
        lock (_lock)
        {
            var hold = new EmulatorHold($"{++_lastHold}", endpoint, Forget);
            _holds.Add(hold);
            return hold;
        }
    }

    /// <summary>Removes the faults that are still to be applied, and releases every hold.</summary>
    public void Clear() => Reset([]);

    /// <summary>Replaces the faults that are still to be applied, in one step, and releases every hold.</summary>
    internal void Reset(IEnumerable<EmulatorPendingFault> pending)
    {
        EmulatorHold[] holds;
        lock (_lock)
        {
            _pending.Clear();
            _pending.AddRange(pending.Select(fault => new Entry(fault.Endpoint, fault.Fault) { Times = fault.Times }));
            holds = [.. _holds];
        }

        foreach (var hold in holds)
        {
            hold.Release();
        }
    }

    internal EmulatorFault? Take(EmulatorEndpoint endpoint)
    {
        lock (_lock)
        {
            if (_pending.Find(candidate => candidate.Endpoint == endpoint) is not { } entry)
            {
                return null;
            }

            // int.MaxValue means "until cleared", and is not counted down.
            if (entry.Times != int.MaxValue && --entry.Times == 0)
            {
                _pending.Remove(entry);
            }

            return entry.Fault;
        }
    }

    internal Task PassHoldsAsync(EmulatorEndpoint endpoint, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.WhenAll(_holds.Where(hold => hold.Endpoint == endpoint).Select(hold => hold.PassAsync(cancellationToken)));
        }
    }

    private void Forget(EmulatorHold hold)
    {
        lock (_lock)
        {
            _holds.Remove(hold);
        }
    }

    private sealed class Entry(EmulatorEndpoint endpoint, EmulatorFault fault)
    {
        public EmulatorEndpoint Endpoint => endpoint;

        public EmulatorFault Fault => fault;

        public int Times { get; set; }
    }
}
