using AspNet.Security.OAuth.Binance.Tokens;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// Runs what a request has begun and may not end: without its ambient context, whose user may leave, or whose transaction may be rolled back.
/// </summary>
internal static class Detached
{
    public static Task<T> RunAsync<T>(Func<Task<T>> run)
    {
        using var flow = new DetachedFlow();
        return Task.Run(run);
    }
}
