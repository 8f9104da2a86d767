using System.Collections.Immutable;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// Lines that somebody writes and a test waits for.
/// </summary>
internal sealed class OutputLines
{
    private readonly TaskCompletionSource _ended = NewSignal();
    private ImmutableList<string> _lines = [];
    private TaskCompletionSource _grown = NewSignal();

    /// <summary>What has been written so far.</summary>
    public IReadOnlyList<string> All => Volatile.Read(ref _lines);

    public void Add(string line)
    {
        ImmutableInterlocked.Update(ref _lines, static (lines, added) => lines.Add(added), line);
        Interlocked.Exchange(ref _grown, NewSignal()).TrySetResult();
    }

    /// <summary>No line will come after those that are there.</summary>
    public void End() => _ended.TrySetResult();

    /// <summary>Waits until the lines are as they should be, which they may be already.</summary>
    /// <returns>Whether they are: <see langword="false"/> if no more lines will come.</returns>
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
