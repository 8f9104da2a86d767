namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Keeps the session of a <see cref="BinanceLogin"/>, its tokens included, for the next start of the application. The text is a secret.
/// A store holds one session. Exceptions are passed on to the caller of <see cref="BinanceLogin"/>.
/// </summary>
public interface IBinanceTokenStore
{
    /// <summary>
    /// Reads the session.
    /// </summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The text that was written last, or <see langword="null"/> if there is none.</returns>
    ValueTask<string?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes the session instead of the previous one. A concurrent reader, and the next start of an application that is killed during the write, read either of the two.
    /// </summary>
    /// <param name="session">The text.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that completes when the text is stored durably.</returns>
    ValueTask WriteAsync(string session, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the session. It is not an error if there is none.
    /// </summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that completes when the session is deleted.</returns>
    ValueTask DeleteAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Acquires the lock that processes which share this store hold while they refresh, so that they send a refresh token once. It may be
    /// held for a minute. It is released when its process ends.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The lock; disposing it releases it. The default is <see langword="null"/>: no other process uses the store.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<IAsyncDisposable?> LockAsync(CancellationToken cancellationToken) => new((IAsyncDisposable?)null);
}
