namespace AspNet.Security.OAuth.Binance.SignIn;

/// <summary>
/// Where a sign-in was called. In the context of a user interface the browser is opened there, as platforms demand. Without one it is opened
/// on another thread, because what opens it may block, as the reading of a line from a console does.
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
