using System.Collections.Immutable;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support.Processes;

/// <summary>
/// Lines of output that a test can wait for.
/// </summary>
internal sealed class OutputLines
{
    private readonly TaskCompletionSource _ended = NewSignal();
    private ImmutableList<string> _lines = [];
    private TaskCompletionSource _grown = NewSignal();

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<string> All => Volatile.Read(ref _lines);

    public void Add(string line)
    {
        ImmutableInterlocked.Update(ref _lines, static (lines, added) => lines.Add(added), line);
        Interlocked.Exchange(ref _grown, NewSignal()).TrySetResult();
    }

    /// <summary>Marks the end of the output.</summary>
    public void End() => _ended.TrySetResult();

    /// <summary>Waits until the lines meet a condition.</summary>
    /// <returns><see langword="false"/> if the output ended before.</returns>
    public async Task<bool> WaitAsync(Func<IReadOnlyList<string>, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var grown = Volatile.Read(ref _grown).Task;
            var ended = _ended.Task.IsCompleted;
            if (condition(All))
            {
                return true;
            }

            if (ended)
            {
                return false;
            }

            await Task.WhenAny(grown, _ended.Task).WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
