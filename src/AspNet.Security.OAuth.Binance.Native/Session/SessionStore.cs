using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Configuration;

namespace AspNet.Security.OAuth.Binance.Session;

/// <summary>
/// The one session of this client in the application's token store. The store is read at each use, because another process may have
/// refreshed the tokens, signed the user out, or signed another user in.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim without a wait handle has nothing to dispose, and calls may end after the login.")]
internal sealed class SessionStore(LoginSettings settings)
{
    private readonly SemaphoreSlim _lock = new(1, 1);

    /// <exception cref="BinanceAuthenticationException">The store does not hold a session of this client.</exception>
    public async Task<StoredSession?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await settings.Store.ReadAsync(cancellationToken).ConfigureAwait(false) is not { } text)
        {
            return null;
        }

        var session = Parse(text);
        return session.ClientId == settings.Client.ClientId && session.Server == settings.Client.Endpoints.Token
            ? session
            : throw NotOurs("is of another client id or server. Give each of them a store of its own, or delete its content, and sign in again.");
    }

    public ValueTask WriteAsync(StoredSession session, CancellationToken cancellationToken)
        => settings.Store.WriteAsync(JsonSerializer.Serialize(session, StoredSessionJson.Default.StoredSession), cancellationToken);

    public ValueTask DeleteAsync(CancellationToken cancellationToken) => settings.Store.DeleteAsync(cancellationToken);

    /// <summary>Acquires the lock of this process and that of the store.</summary>
    /// <returns>The lock, which is not held if another holder still has it after <paramref name="limit"/>.</returns>
    public async Task<SessionLock> TryLockAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _lock.WaitAsync(either.Token).ConfigureAwait(false);
            try
            {
                return new(_lock, await settings.Store.LockAsync(either.Token).ConfigureAwait(false));
            }
            catch
            {
                _lock.Release();
                throw;
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new(null, null);
        }
    }

    private static StoredSession Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, StoredSessionJson.Default.StoredSession) ?? throw NotOurs("cannot be read. Delete its content, and sign in again.");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            // Without the cause, whose message may quote the text. ArgumentException: an unpaired surrogate.
            throw NotOurs("cannot be read. Delete its content, and sign in again.");
        }
    }

    private static BinanceAuthenticationException NotOurs(string reason)
        => new(BinanceFailure.StoreUnavailable, $"The session in the token store {reason}");
}
