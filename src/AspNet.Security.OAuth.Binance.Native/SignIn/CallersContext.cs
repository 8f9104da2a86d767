namespace AspNet.Security.OAuth.Binance.SignIn;

/// <summary>
/// The synchronization context of a sign-in's caller. The browser is opened in it, as platforms with a user interface require. Without one it is opened
/// on another thread, because an IBinanceBrowser may block, for example while it reads a line from the console.
/// </summary>
internal sealed class CallersContext
{
    private readonly SynchronizationContext? _context = SynchronizationContext.Current;

    public Task<T> RunAsync<T>(Func<Task<T>> call)
    {
        if (_context is null)
        {
            return Task.Run(call);
        }

        var started = new TaskCompletionSource<Task<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _context.Post(
            _ =>
            {
                try
                {
                    started.SetResult(call());
                }
                catch (Exception exception)
                {
                    started.SetException(exception);
                }
            },
            null);
        return started.Task.Unwrap();
    }
}
