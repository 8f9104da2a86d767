using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Refreshes and renews the sessions that a cookie's <see cref="ITicketStore"/> keeps.
/// </summary>
internal sealed class StoredSessions(
    TokenRefresher refresher, SessionRegistry sessions, SessionUpdate update, SafeLogger<StoredSessions> logger)
{
    private readonly ConcurrentDictionary<(ITicketStore Store, string Key, string RefreshToken), Lazy<StoredRefresh<BinanceTokens>>> _refreshes = new();

    /// <summary>
    /// Refreshes the tokens of a session and writes them to the store, once for all callers of the process, even when all of them have stopped
    /// waiting. A session that is refused is removed.
    /// </summary>
    /// <exception cref="BinanceAuthenticationException">The refresh failed.</exception>
    /// <exception cref="TimeoutException">The refresh continues. The access token of the session is still valid.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting.</exception>
    public async Task<BinanceTokens> RefreshAsync(ITicketStore store, string key, IssuedSession session, CancellationToken cancellationToken)
    {
        var refresh = Refresh(store, key, session, out var isFirst);
        if (!StoredTokens.IsExpired(session.Properties, session.Issued.Options.Clock.GetUtcNow()))
        {
            return await refresh.WaitShortlyAsync(cancellationToken);
        }

        // The first caller waits until they are stored, for its next request. The others do not have to.
        return await refresh.WaitForCallAsync(session.Issued.Options.BackchannelTimeout, cancellationToken) is { } tokens && !isFirst
            ? tokens
            : await refresh.WaitAsync(cancellationToken);
    }

    /// <summary>Renews a stored session with its newest tokens, and optionally with new times.</summary>
    /// <param name="context">The request.</param>
    /// <param name="store">The store.</param>
    /// <param name="key">The session's key.</param>
    /// <param name="session">The session as the request found it.</param>
    /// <param name="renewal">The ticket that replaces the stored one, if the application requested a renewal.</param>
    /// <param name="slidesAt">The new start of the session's lifetime, if it slides or is renewed.</param>
    /// <returns>The session, or <see langword="null"/> if it must not be renewed.</returns>
    public async Task<AuthenticationTicket?> RenewAsync(
        HttpContext context, ITicketStore store, string key, IssuedSession session, AuthenticationTicket? renewal, DateTimeOffset? slidesAt)
        => await store.RetrieveAsync(key, context, CancellationToken.None) is { } stored
            ? await RenewAsync(context, store, key, stored, session, null, renewal, slidesAt)
            : null;

    private StoredRefresh<BinanceTokens> Refresh(ITicketStore store, string key, IssuedSession session, out bool isFirst)
    {
        var id = (store, key, StoredTokens.RefreshToken(session.Properties)!);
        var own = new Lazy<StoredRefresh<BinanceTokens>>(() => Start(id, session));
        var refresh = _refreshes.GetOrAdd(id, own);
        isFirst = refresh == own;
        return refresh.Value;
    }

    private async Task<AuthenticationTicket?> RenewAsync(
        HttpContext? context,
        ITicketStore store,
        string key,
        AuthenticationTicket stored,
        IssuedSession session,
        BinanceTokens? refreshed,
        AuthenticationTicket? renewal,
        DateTimeOffset? slidesAt)
    {
        var (ticket, written) = (renewal ?? stored, StoredTokens.AccessToken(stored.Properties));
        if (renewal is not null)
        {
            // Another process may have refreshed the tokens since the request began.
            StoredTokens.CopyNewer(stored.Properties, renewal.Properties);
        }

        var isNewer = refreshed is not null
            && StoredTokens.RefreshToken(stored.Properties) == StoredTokens.RefreshToken(session.Properties)
            && !StoredTokens.IsOlder(refreshed, stored.Properties);
        if (!await update.TryApplyAsync(ticket, session.Issued, isNewer ? refreshed : null, slidesAt))
        {
            return null;
        }

        var isWritten = renewal is null && slidesAt is null && StoredTokens.AccessToken(ticket.Properties) == written;
        while (!isWritten)
        {
            written = StoredTokens.AccessToken(ticket.Properties);
            await (context is null ? store.RenewAsync(key, ticket, CancellationToken.None) : store.RenewAsync(key, ticket, context, CancellationToken.None));

            if (await RemoveIfOverAsync(context, store, key, session))
            {
                return null;
            }

            isWritten = !await update.TryApplyAsync(ticket, session.Issued, null, null) || StoredTokens.AccessToken(ticket.Properties) == written;
        }

        return ticket;
    }

    // The session may have ended during the write, which must not restore it.
    private async Task<bool> RemoveIfOverAsync(HttpContext? context, ITicketStore store, string key, IssuedSession session)
    {
        var isOver = session.Key is { } live && await sessions.FindStateAsync(live, session.Issued) is not SessionState.Live;
        if (isOver)
        {
            await RemoveAsync(context, store, key);
        }

        return isOver;
    }

    private static Task RemoveAsync(HttpContext? context, ITicketStore store, string key)
        => context is null ? store.RemoveAsync(key, CancellationToken.None) : store.RemoveAsync(key, context, CancellationToken.None);

    private StoredRefresh<BinanceTokens> Start((ITicketStore Store, string Key, string RefreshToken) id, IssuedSession session)
    {
        // A copy, because the request may stop waiting and change its ticket.
        var kept = session with { Properties = session.Properties.Clone() };
        var call = refresher.Refresh(kept);
        return StoredRefresh<BinanceTokens>.Start(call, () => StoreAsync(id, kept, call.Outcome), session.Issued.Options.Clock);
    }

    private async Task<BinanceTokens> StoreAsync((ITicketStore Store, string Key, string RefreshToken) id, IssuedSession session, Task<BinanceTokens> outcome)
    {
        try
        {
            var tokens = await outcome;
            await TryAsync(async () =>
            {
                if (await id.Store.RetrieveAsync(id.Key, CancellationToken.None) is { } stored)
                {
                    await RenewAsync(null, id.Store, id.Key, stored, session, tokens, null, null);
                }
            });
            return tokens;
        }
        catch (BinanceAuthenticationException exception) when (exception.Failure is BinanceFailure.InvalidGrant)
        {
            BinanceTokens? newer = null;
            await TryAsync(async () => newer = await RefuseAsync(id.Store, id.Key, id.RefreshToken, session));
            if (newer is null)
            {
                throw;
            }

            return newer;
        }
        finally
        {
            _refreshes.TryRemove(id, out _);
        }
    }

    // Without a lock two processes may refresh at once. The one that is refused uses the tokens that the other one stored.
    private async Task<BinanceTokens?> RefuseAsync(ITicketStore store, string key, string refused, IssuedSession session)
    {
        var stored = await store.RetrieveAsync(key, CancellationToken.None);
        if (stored is not null && StoredTokens.RefreshToken(stored.Properties) is { } refreshToken && refreshToken != refused)
        {
            return StoredTokens.From(stored.Properties);
        }

        if (session.Issued.Options.EndSessionWhenRefused)
        {
            await RemoveAsync(null, store, key);
        }
        else if (stored is not null)
        {
            StoredTokens.Refuse(stored.Properties);
            await store.RenewAsync(key, stored, CancellationToken.None);
            await RemoveIfOverAsync(null, store, key, session);
        }

        return null;
    }

    // A failing store does not fail the request: the outcome is kept for a while, and the next request writes it.
    private async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception exception)
        {
            Log.CookieNotWritten(logger, exception.GetType().Name);
        }
    }
}
