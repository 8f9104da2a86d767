using System.Collections.Concurrent;

namespace AspNet.Security.OAuth.Binance.Tests.Support;

/// <summary>
/// Records the exceptions that no code has observed in its task. They are of the whole process: tests that run meanwhile may add others.
/// </summary>
internal sealed class UnobservedExceptions : IDisposable
{
    private readonly ConcurrentQueue<AggregateException> _exceptions = [];

    public UnobservedExceptions() => TaskScheduler.UnobservedTaskException += Record;

    /// <summary>The exceptions that were reported so far.</summary>
    public IReadOnlyList<AggregateException> Reported => [.. _exceptions];

    /// <summary>Collects garbage, so that the exceptions of tasks without references are reported.</summary>
    /// <returns><see cref="Reported"/>.</returns>
    public IReadOnlyList<AggregateException> Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Reported;
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= Record;

    private void Record(object? sender, UnobservedTaskExceptionEventArgs arguments) => _exceptions.Enqueue(arguments.Exception);
}
