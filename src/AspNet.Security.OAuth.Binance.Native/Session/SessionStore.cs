using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Configuration;

namespace AspNet.Security.OAuth.Binance.Session;

/// <summary>
/// The one session of this client in the application's token store. The store is read at each use, because another process may have
/// refreshed the tokens, signed out, or signed somebody else in.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim without a wait handle holds nothing, and calls may end after the login.")]
internal sealed class SessionStore(LoginSettings settings)
{
    private readonly SemaphoreSlim _lock = new(1, 1);

    /// <exception cref="BinanceAuthenticationException">What is in the store is not a session of this client.</exception>
    public async Task<StoredSession?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await settings.Store.ReadAsync(cancellationToken).ConfigureAwait(false) is not { } text)
        {
            return null;
        }

        var session = Parse(text);
        return session.ClientId == settings.Client.ClientId && session.Server == settings.Client.Endpoints.Token
            ? session
            : throw NotOurs("is of another client id or server. Give each of them a store of its own");
    }

    public ValueTask WriteAsync(StoredSession session, CancellationToken cancellationToken)
        => settings.Store.WriteAsync(JsonSerializer.Serialize(session, StoredSessionJson.Default.StoredSession), cancellationToken);

    public ValueTask DeleteAsync(CancellationToken cancellationToken) => settings.Store.DeleteAsync(cancellationToken);

    /// <summary>Acquires the lock of this process and that of the store.</summary>
    /// <returns>The lock, which is not held if another holds it still after <paramref name="limit"/>.</returns>
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
            return JsonSerializer.Deserialize(text, StoredSessionJson.Default.StoredSession) ?? throw NotOurs("cannot be read");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            // Its message may repeat a part of the text. ArgumentException: half of a surrogate pair.
            throw NotOurs("cannot be read");
        }
    }

    private static BinanceAuthenticationException NotOurs(string reason)
        => new(BinanceFailure.StoreUnavailable, $"The session in the token store {reason}, or delete what is in it and sign in again.");
}
