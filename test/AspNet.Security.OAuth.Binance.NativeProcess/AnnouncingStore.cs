namespace AspNet.Security.OAuth.Binance.NativeProcess;

/// <summary>
/// A store that prints when it waits for the lock, and when it has acquired it.
/// </summary>
internal sealed class AnnouncingStore(string path) : FileTokenStore(path)
{
    public override async ValueTask<IAsyncDisposable?> LockAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine(Commands.Locking);
        var held = await base.LockAsync(cancellationToken);
        Console.WriteLine(Commands.Locked);
        return held;
    }
}
