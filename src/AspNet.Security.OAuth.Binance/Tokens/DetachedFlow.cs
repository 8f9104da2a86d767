namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Starts calls without the execution context of the request that starts them, because they outlive it.
/// </summary>
internal static class DetachedFlow
{
    /// <summary>Runs a task that must complete even if the request that starts it is aborted, or its ambient transaction is rolled back.</summary>
    public static Task<T> RunAsync<T>(Func<Task<T>> run)
    {
        using var flow = ExecutionContext.SuppressFlow();
        return Task.Run(run);
    }
}
