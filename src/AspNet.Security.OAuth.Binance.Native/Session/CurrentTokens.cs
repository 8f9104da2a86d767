using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Session;

/// <summary>
/// The session's access token, refreshed when it is due: by one call in this process, under the lock of all processes that share the
/// store, and kept before anybody uses it.
/// </summary>
internal sealed class CurrentTokens
{
    // While the access token is good, nobody waits long for a slow server or another process.
    private static readonly TimeSpan _waitWhileGood = TimeSpan.FromSeconds(2);

    private readonly SessionStore _sessions;
    private readonly LoginSettings _settings;
    private readonly BackgroundCalls _background;
    private readonly ILogger _logger;
    private readonly BinanceTokenRefresher _refresher;

    private volatile Unkept? _unkept;
    private volatile string? _signedOut;

    public CurrentTokens(SessionStore sessions, LoginSettings settings, BackgroundCalls background, ILogger logger)
    {
        (_sessions, _settings, _background, _logger) = (sessions, settings, background, logger);
        _refresher = new(refreshToken => _background.Start(() => RefreshOnceAsync(refreshToken)), settings.Time, settings.Client.Timeout);
    }

    private BinanceOAuthClient Client => _settings.Client;

    // The other process's request may take as long as one of this process, and then it writes.
    private TimeSpan LongestWait => Client.RefreshTimeout + TimeSpan.FromSeconds(10);

    /// <exception cref="BinanceAuthenticationException">Nobody is signed in, or the access token has expired and could not be refreshed.</exception>
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
            return IsGood(session) ? session.AccessToken : throw NotSignedIn("The access token has expired, and Binance gave no refresh token.");
        }

        if (NewestOf(session) != session || _refresher.Find(refreshToken) is { IsCompletedSuccessfully: true })
        {
            // The store failed, and is tried again without a request to Binance. Or the tokens of an earlier refresh are due again: a server
            // may keep its refresh token, and a timer stand still while the machine sleeps.
            _refresher.Forget(refreshToken);
        }

        try
        {
            await RefreshAsync(session, refreshToken, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsGood(session) && !cancellationToken.IsCancellationRequested && !EndsSession(exception))
        {
            return session.AccessToken;
        }
        catch (Exception exception) when (!EndsSession(exception))
        {
            // A user who is online again and tries once more does not wait for the refresher to forget the failure.
            _refresher.Forget(refreshToken);
            throw;
        }

        // The outcome is in the store, where meanwhile the user may have signed out, or another one in.
        return await _sessions.ReadAsync(cancellationToken).ConfigureAwait(false) is { } renewed && renewed.SignInId == session.SignInId
            ? renewed.AccessToken
            : throw NotSignedIn("The session is over.");
    }

    /// <summary>Keeps new tokens that could not be kept before.</summary>
    public async Task KeepLateAsync()
    {
        if (_unkept is null)
        {
            return;
        }

        var held = await _sessions.TryLockAsync(Client.Timeout, CancellationToken.None).ConfigureAwait(false);
        await using var _ = held.ConfigureAwait(false);
        if (_unkept is { } unkept)
        {
            await KeepAsync(unkept.Replaced, unkept.Session).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the newest tokens of a session that was read under the lock.</summary>
    public StoredSession NewestOf(StoredSession session) => _unkept is { } unkept && unkept.Replaces(session) ? unkept.Session : session;

    /// <summary>Forgets what is known of a session that is over.</summary>
    public void Forget(StoredSession session)
    {
        (_unkept, _signedOut) = (null, session.SignInId);
        if (session.RefreshToken is { } refreshToken)
        {
            _refresher.Forget(refreshToken);
        }
    }

    public bool IsGood(StoredSession session) => session.IsGood(_settings.Time.GetUtcNow());

    private static bool EndsSession(Exception exception)
        => exception is BinanceAuthenticationException { Failure: BinanceFailure.InvalidGrant or BinanceFailure.NotSignedIn };

    private static BinanceAuthenticationException NotSignedIn(string reason) => new(BinanceFailure.NotSignedIn, $"{reason} The user has to sign in.");

    private bool IsDue(StoredSession session) => session.IsDue(_settings.Time.GetUtcNow(), _settings.RefreshBeforeExpiration);

    private async Task RefreshAsync(StoredSession session, string refreshToken, CancellationToken cancellationToken)
    {
        using var limit = IsGood(session) ? new CancellationTokenSource(_waitWhileGood, _settings.Time) : null;
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit?.Token ?? CancellationToken.None);
        try
        {
            await _refresher.RefreshAsync(refreshToken, wait.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && !IsGood(session))
        {
            // It expired meanwhile: now there is nothing but the refresh.
            await _refresher.RefreshAsync(refreshToken, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<BinanceTokens> RefreshOnceAsync(string refreshToken)
    {
        var held = await _sessions.TryLockAsync(LongestWait, CancellationToken.None).ConfigureAwait(false);
        await using var _ = held.ConfigureAwait(false);
        if (!held.IsHeld)
        {
            throw new BinanceAuthenticationException(BinanceFailure.Timeout, "Another process holds the lock of the token store for too long.");
        }

        var session = await _sessions.ReadAsync(CancellationToken.None).ConfigureAwait(false) ?? throw NotSignedIn("Nobody is signed in any more.");
        if (session.RefreshToken != refreshToken)
        {
            // Another process was faster.
            return session.ToTokens();
        }

        var newest = NewestOf(session);
        if (newest != session)
        {
            await KeepAsync(session, newest).ConfigureAwait(false);
        }

        // Not if another process was faster, and the server keeps its refresh token.
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
            // Without a caller's token: cutting the request short may lose the only response.
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
        // The old refresh token is spent: the new one must not be lost while this process runs.
        _unkept = new(session, renewed);
        try
        {
            // A sign-out and a sign-in do not wait for a refresh that takes long, nor for a store that does. Neither is undone.
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

        _unkept = null;
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

    private sealed class Unkept(StoredSession replaced, StoredSession session)
    {
        public StoredSession Replaced => replaced;

        public StoredSession Session => session;

        public bool Replaces(StoredSession stored) => stored.SignInId == replaced.SignInId && stored.AccessToken == replaced.AccessToken;
    }
}
