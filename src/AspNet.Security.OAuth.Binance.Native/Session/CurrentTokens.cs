using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Session;

/// <summary>
/// The session's access token, refreshed when it is due: by one call in this process, under the lock of all processes that share the
/// store, and stored before it is returned.
/// </summary>
internal sealed class CurrentTokens
{
    // While the access token is valid, callers wait only briefly for a slow server or another process.
    private static readonly TimeSpan _waitWhileValid = TimeSpan.FromSeconds(2);

    private readonly SessionStore _sessions;
    private readonly LoginSettings _settings;
    private readonly BackgroundCalls _background;
    private readonly ILogger _logger;
    private readonly BinanceTokenRefresher _refresher;

    private volatile Unstored? _unstored;
    private volatile string? _signedOut;

    public CurrentTokens(SessionStore sessions, LoginSettings settings, BackgroundCalls background, ILogger logger)
    {
        (_sessions, _settings, _background, _logger) = (sessions, settings, background, logger);
        _refresher = new(refreshToken => _background.Start(() => RefreshOnceAsync(refreshToken)), settings.Time, settings.Client.Timeout);
    }

    private BinanceOAuthClient Client => _settings.Client;

    // The request of another process may take as long as one of this process, and is followed by a write.
    private TimeSpan LongestWait => Client.RefreshTimeout + TimeSpan.FromSeconds(10);

    /// <exception cref="BinanceAuthenticationException">No user is signed in, or the access token has expired and could not be refreshed.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting.</exception>
    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        var session = await _sessions.ReadAsync(cancellationToken).ConfigureAwait(false) ?? throw NotSignedIn("Nobody is signed in.");
        if (!IsDue(session))
        {
            return session.AccessToken;
        }

        if (session.RefreshToken is not { } refreshToken)
        {
            return IsValid(session) ? session.AccessToken : throw NotSignedIn("The access token has expired, and Binance gave no refresh token.");
        }

        if (NewestOf(session) != session || _refresher.Find(refreshToken) is { IsCompletedSuccessfully: true })
        {
            // Either the store failed, and is tried again without a request to Binance. Or the tokens of an earlier refresh are due again: a server
            // may not rotate the refresh token, and timers do not run while the machine sleeps.
            _refresher.Forget(refreshToken);
        }

        try
        {
            await RefreshAsync(session, refreshToken, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsValid(session) && !cancellationToken.IsCancellationRequested && !EndsSession(exception))
        {
            return session.AccessToken;
        }
        catch (Exception exception) when (!EndsSession(exception))
        {
            // The next attempt of the user makes a new request, instead of getting the kept failure.
            _refresher.Forget(refreshToken);
            throw;
        }

        // Read from the store again, because the user may have signed out, or another one in, during the refresh.
        return await _sessions.ReadAsync(cancellationToken).ConfigureAwait(false) is { } renewed && renewed.SignInId == session.SignInId
            ? renewed.AccessToken
            : throw NotSignedIn("The session is over.");
    }

    /// <summary>Stores new tokens that could not be stored before.</summary>
    public async Task StoreLateAsync()
    {
        if (_unstored is null)
        {
            return;
        }

        var held = await _sessions.TryLockAsync(Client.Timeout, CancellationToken.None).ConfigureAwait(false);
        await using var _ = held.ConfigureAwait(false);
        if (_unstored is { } unstored)
        {
            await KeepAsync(unstored.Replaced, unstored.Session).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the newest tokens of a session that was read under the lock.</summary>
    public StoredSession NewestOf(StoredSession session) => _unstored is { } unstored && unstored.Replaces(session) ? unstored.Session : session;

    /// <summary>Removes the state of a session that is over.</summary>
    public void Forget(StoredSession session)
    {
        (_unstored, _signedOut) = (null, session.SignInId);
        if (session.RefreshToken is { } refreshToken)
        {
            _refresher.Forget(refreshToken);
        }
    }

    public bool IsValid(StoredSession session) => session.IsValid(_settings.Time.GetUtcNow());

    private static bool EndsSession(Exception exception)
        => exception is BinanceAuthenticationException { Failure: BinanceFailure.InvalidGrant or BinanceFailure.NotSignedIn };

    private static BinanceAuthenticationException NotSignedIn(string reason) => new(BinanceFailure.NotSignedIn, $"{reason} The user has to sign in.");

    private bool IsDue(StoredSession session) => session.IsDue(_settings.Time.GetUtcNow(), _settings.RefreshBeforeExpiration);

    private async Task RefreshAsync(StoredSession session, string refreshToken, CancellationToken cancellationToken)
    {
        using var limit = IsValid(session) ? new CancellationTokenSource(_waitWhileValid, _settings.Time) : null;
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit?.Token ?? CancellationToken.None);
        try
        {
            await _refresher.RefreshAsync(refreshToken, wait.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && !IsValid(session))
        {
            // The access token has expired during the wait: wait for the refresh.
            await _refresher.RefreshAsync(refreshToken, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<BinanceTokens> RefreshOnceAsync(string refreshToken)
    {
        var held = await _sessions.TryLockAsync(LongestWait, CancellationToken.None).ConfigureAwait(false);
        await using var _ = held.ConfigureAwait(false);
        if (!held.IsHeld)
        {
            throw new BinanceAuthenticationException(BinanceFailure.Timeout, "Another process holds the lock of the token store for too long. Try again later.");
        }

        var session = await _sessions.ReadAsync(CancellationToken.None).ConfigureAwait(false) ?? throw NotSignedIn("Nobody is signed in any more.");
        if (session.RefreshToken != refreshToken)
        {
            // Another process has refreshed the tokens.
            return session.ToTokens();
        }

        var newest = NewestOf(session);
        if (newest != session)
        {
            await KeepAsync(session, newest).ConfigureAwait(false);
        }

        // Not due if another process has refreshed them, and the server did not rotate the refresh token.
        return (IsDue(newest) ? await RenewAsync(newest).ConfigureAwait(false) : newest).ToTokens();
    }

    private async Task<StoredSession> RenewAsync(StoredSession session)
    {
        var renewed = session.With(await RequestAsync(session).ConfigureAwait(false), _settings.Time.GetUtcNow());
        await KeepAsync(session, renewed).ConfigureAwait(false);
        Log.Refreshed(_logger);
        return renewed;
    }

    private async Task<BinanceTokens> RequestAsync(StoredSession session)
    {
        try
        {
            // Not cancelled with a caller, because the tokens of the response would be lost.
            return await Client.RefreshAsync(session.RefreshToken!, CancellationToken.None).ConfigureAwait(false);
        }
        catch (BinanceAuthenticationException exception)
        {
            Log.RefreshFailed(_logger, exception.Failure, exception.Message);
            if (exception.Failure is BinanceFailure.InvalidGrant && await IsCurrentAsync(session).ConfigureAwait(false))
            {
                await _sessions.DeleteAsync(CancellationToken.None).ConfigureAwait(false);
            }

            throw;
        }
    }

    private async Task KeepAsync(StoredSession session, StoredSession renewed)
    {
        // The old refresh token is spent: the new one is also kept in memory until it is stored.
        _unstored = new(session, renewed);
        try
        {
            // A sign-out or a sign-in may have proceeded without the lock, after its timeout. It must not be undone.
            if (await IsCurrentAsync(session).ConfigureAwait(false))
            {
                await _sessions.WriteAsync(renewed, CancellationToken.None).ConfigureAwait(false);
            }

            if (_signedOut == session.SignInId && await IsCurrentAsync(renewed).ConfigureAwait(false))
            {
                await _sessions.DeleteAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            Log.TokensNotKept(_logger, exception.GetType().Name);
            throw;
        }

        _unstored = null;
        var current = await _sessions.ReadAsync(CancellationToken.None).ConfigureAwait(false);
        if (current?.SignInId == session.SignInId)
        {
            return;
        }

        if (current is null)
        {
            await Revocation.TryAsync(Client, renewed.AccessToken, _logger, CancellationToken.None).ConfigureAwait(false);
        }

        throw NotSignedIn("The session is over.");
    }

    private async Task<bool> IsCurrentAsync(StoredSession session)
        => await _sessions.ReadAsync(CancellationToken.None).ConfigureAwait(false) is { } current && current.SignInId == session.SignInId && current.AccessToken == session.AccessToken;

    private sealed class Unstored(StoredSession replaced, StoredSession session)
    {
        public StoredSession Replaced => replaced;

        public StoredSession Session => session;

        public bool Replaces(StoredSession stored) => stored.SignInId == replaced.SignInId && stored.AccessToken == replaced.AccessToken;
    }
}
