using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Cookies;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// Finds a valid access token of a user. The tokens of a refresh are stored before they are returned, once for all
/// callers of the process, even when all of them have stopped waiting.
/// </summary>
internal sealed class CurrentUserTokens<TUser>(
    UserTokenStores<TUser> stores,
    ExternalLogins<TUser> logins,
    BinanceSchemes schemes,
    TokenRefresher refresher,
    SessionRegistry sessions,
    TokenRevoker revoker,
    UserIds ids,
    IHttpContextAccessor accessor,
    SafeLogger<CurrentUserTokens<TUser>> logger)
    where TUser : class
{
    private const int MostFailures = 2;

    private readonly ConcurrentDictionary<(SignIn SignIn, string RefreshToken), Lazy<StoredRefresh<BinanceTokens?>>> _refreshes = new();

    /// <summary>Finds the token: that of the session's own sign-in, or of the newest sign-in that has one.</summary>
    /// <exception cref="BinanceAuthenticationException">It has expired, and the refresh failed.</exception>
    public async Task<string?> FindAsync(TUser user, string scheme, CancellationToken cancellationToken)
    {
        var issued = new IssuedTicket(scheme, schemes.Get(scheme));
        return await FindAsync(await stores.IdOfAsync(user), issued, cancellationToken);
    }

    /// <summary>Finds the token of a user whose id is known.</summary>
    /// <exception cref="BinanceAuthenticationException">It has expired, and the refresh failed.</exception>
    public async Task<string?> FindAsync(string userId, IssuedTicket issued, CancellationToken cancellationToken)
    {
        await KeepCompletedAsync(userId, issued.Scheme).WaitAsync(cancellationToken);
        var listed = await stores.RunAsync(userId, issued.Scheme, static store => store.ListAsync()).WaitAsync(cancellationToken) ?? [];
        var own = OwnOf(userId).Where(signIn => signIn.Scheme == issued.Scheme).Select(static signIn => signIn.Id).Where(listed.Contains);
        var (started, failures) = (issued.Options.Clock.GetTimestamp(), 0);
        ExceptionDispatchInfo? failure = null;
        foreach (var id in own.Concat(listed.Reverse()).Distinct().ToArray())
        {
            if (await OpenAsync(userId, id, issued, cancellationToken) is not { } session)
            {
                continue;
            }

            try
            {
                // After two failures Binance counts as unavailable. Another sign-in may have a valid token, which needs no call.
                var mayCall = failures < MostFailures && issued.Options.Clock.GetElapsedTime(started) < issued.Options.BackchannelTimeout;
                if ((mayCall ? await FindAsync(userId, session, cancellationToken) : IsExpired(session) ? null : StoredTokens.AccessToken(session.Properties)) is { } token)
                {
                    return token;
                }
            }
            catch (BinanceAuthenticationException exception)
            {
                failure ??= ExceptionDispatchInfo.Capture(exception);
                failures += exception.Failure is BinanceFailure.Timeout or BinanceFailure.Unavailable ? 1 : 0;
            }
        }

        failure?.Throw();
        return null;
    }

    private IEnumerable<SignIn> OwnOf(string userId)
        => IdentityRequest.Find(accessor.HttpContext) is { } request
            ? request.Sessions.Where(session => ids.Of(session.Principal) == userId).SelectMany(session => SignIns.Of(session.Properties, userId))
                .Where(signIn => signIn.UserId == userId)
            : [];

    // The page that signs a user in may use the token in the same request.
    private async Task KeepCompletedAsync(string userId, string scheme)
    {
        foreach (var completed in IdentityRequest.Find(accessor.HttpContext)?.Completed.ToArray() ?? [])
        {
            if (completed.UserId == userId && completed.Login.Issued.Scheme == scheme && !completed.IsKept)
            {
                completed.IsKept = await DetachedFlow.RunAsync(() => logins.TryTakeAsync(completed.Login, userId));
            }
        }
    }

    // A sign-in that has ended may still be in the store for a moment.
    private async Task<IssuedSession?> OpenAsync(string userId, string id, IssuedTicket issued, CancellationToken cancellationToken)
        => sessions.StateOf(KeptTokens.KeyOf(id), issued.Options.Clock.GetUtcNow()) is not SessionState.Ended
            && await stores.RunAsync(userId, issued.Scheme, store => store.FindAsync(id)).WaitAsync(cancellationToken) is { } kept
                ? kept.ToSession(id, issued)
                : null;

    private async Task<string?> FindAsync(string userId, IssuedSession session, CancellationToken cancellationToken)
    {
        if (!CookieRefresh.IsDue(session.Properties, session.Issued.Options))
        {
            return IsExpired(session) ? null : StoredTokens.AccessToken(session.Properties);
        }

        try
        {
            return await RefreshAsync(userId, session, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested && !IsExpired(session))
        {
            // The refresh or the store failed, and the access token is still valid.
            return StoredTokens.AccessToken(session.Properties);
        }
        catch (TimeoutException)
        {
            // The access token has expired during the wait.
            return await RefreshAsync(userId, session, cancellationToken);
        }
    }

    private async Task<string?> RefreshAsync(string userId, IssuedSession session, CancellationToken cancellationToken)
    {
        var id = (new SignIn(session.Issued.Scheme, session.Id!, userId), StoredTokens.RefreshToken(session.Properties)!);
        var refresh = _refreshes.GetOrAdd(id, id => new(() => Start(id, session))).Value;
        if (!IsExpired(session))
        {
            return (await refresh.WaitShortlyAsync(cancellationToken))?.AccessToken;
        }

        await refresh.WaitForCallAsync(session.Issued.Options.BackchannelTimeout, cancellationToken);
        return (await refresh.WaitAsync(cancellationToken))?.AccessToken;
    }

    private StoredRefresh<BinanceTokens?> Start((SignIn SignIn, string RefreshToken) id, IssuedSession session)
    {
        var call = refresher.Refresh(session);
        return StoredRefresh<BinanceTokens?>.Start(call, () => StoreAsync(id, session, call.Outcome), session.Issued.Options.Clock);
    }

    /// <returns>The stored tokens, or <see langword="null"/> if they were removed.</returns>
    private async Task<BinanceTokens?> StoreAsync((SignIn SignIn, string RefreshToken) id, IssuedSession session, Task<BinanceTokens> outcome)
    {
        try
        {
            var refreshed = await outcome;
            var stored = await stores.RunAsync(id.SignIn.UserId, id.SignIn.Scheme, store => RenewAsync(store, id.SignIn.Id, id.RefreshToken, refreshed, session.Issued));
            if (stored is null)
            {
                await RevokeAsync(session, refreshed);
            }

            return stored;
        }
        catch (BinanceAuthenticationException exception) when (exception.Failure is BinanceFailure.InvalidGrant)
        {
            return await stores.RunAsync(id.SignIn.UserId, id.SignIn.Scheme, store => RefuseAsync(store, id.SignIn.Id, id.RefreshToken));
        }
        catch (Exception exception) when (exception is not BinanceAuthenticationException)
        {
            // The refresher keeps the outcome for a while, and the next caller stores it.
            Log.TokensNotStored(logger, id.SignIn.Scheme, UserTokensException.ReasonOf(exception));
            throw;
        }
        finally
        {
            _refreshes.TryRemove(id, out _);
        }
    }

    // Another process may have refreshed the tokens already, even more than once.
    private async Task<BinanceTokens?> RenewAsync(UserTokenStore<TUser> store, string id, string spent, BinanceTokens refreshed, IssuedTicket issued)
    {
        if (await store.FindAsync(id) is not { } kept)
        {
            return null;
        }

        if (kept.Tokens.RefreshToken != spent
            || kept.Tokens.AccessToken == refreshed.AccessToken
            || StoredTokens.IsOlder(refreshed, kept.ToSession(id, issued).Properties))
        {
            return kept.Tokens;
        }

        await store.WriteAsync(id, new(refreshed, issued.Options.Clock.GetUtcNow()));
        if (await sessions.FindStateAsync(KeptTokens.KeyOf(id), issued) is SessionState.Ended)
        {
            // Not every store detects that the value was removed concurrently.
            await store.RemoveAsync([id]);
            return null;
        }

        return refreshed;
    }

    // Without a lock two processes may refresh at once. The one that is refused uses the tokens that the other one stored.
    private static async Task<BinanceTokens?> RefuseAsync(UserTokenStore<TUser> store, string id, string refused)
    {
        if (await store.FindAsync(id) is { } kept && kept.Tokens.RefreshToken != refused)
        {
            return kept.Tokens;
        }

        await store.RemoveAsync([id]);
        return null;
    }

    // The end of a sign-in revokes the tokens of a refresh in progress. For a user who was deleted without it, they are revoked here.
    private async Task RevokeAsync(IssuedSession session, BinanceTokens refreshed)
    {
        var issued = session.Issued;
        if (await sessions.FindStateAsync(session.Key!.Value, issued) is SessionState.Live)
        {
            Log.RevocationEnded(logger, issued.Scheme, await revoker.TryRevokeAsync(issued.Scheme, issued.Options, refreshed.AccessToken));
        }
    }

    private static bool IsExpired(IssuedSession session) => StoredTokens.IsExpired(session.Properties, session.Issued.Options.Clock.GetUtcNow());
}
