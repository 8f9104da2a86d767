using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Cookies;
using AspNet.Security.OAuth.Binance.HttpClients;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// The tokens of the sessions on the server, for code with a user and without a request.
/// </summary>
internal sealed class SessionAccessTokens(
    ServerSessionCookies cookies, IOptionsMonitor<CookieAuthenticationOptions> options, IssuedTickets tickets, SessionRegistry registry, StoredSessions stored)
    : IAccessTokenSource
{
    private static readonly FoundAccessToken _none = new(null);

    public bool IsByUser => false;

    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task<FoundAccessToken?> FindAsync(ClaimsPrincipal user, string scheme, CancellationToken cancellationToken)
    {
        FoundAccessToken? found = null;
        foreach (var (store, id) in SessionsOf(user))
        {
            found = await FindAsync(store, id, scheme, cancellationToken);
            if (found is { Value: not null })
            {
                break;
            }
        }

        return found;
    }

    /// <summary>Returns a value indicating whether the session that authenticates a user is live, or, with several, whether all of them are.</summary>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task<bool> IsLiveAsync(ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var any = false;
        foreach (var (store, id) in SessionsOf(user))
        {
            any = true;
            if (await store.RetrieveAsync(id, CancellationToken.None).WaitAsync(cancellationToken) is null)
            {
                return false;
            }
        }

        return any;
    }

    private async Task<FoundAccessToken> FindAsync(ITicketStore store, string id, string scheme, CancellationToken cancellationToken)
    {
        if (await store.RetrieveAsync(id, CancellationToken.None).WaitAsync(cancellationToken) is not { } ticket
            || tickets.Find(ticket.Properties) is not { } issued
            || issued.Scheme != scheme)
        {
            return _none;
        }

        var properties = ticket.Properties;
        var session = new IssuedSession(SessionKey.Of(ticket.AuthenticationScheme, properties), properties, issued);
        if (IsOver(session))
        {
            return _none;
        }

        if (CookieRefresh.IsDue(properties, issued.Options))
        {
            return await RefreshAsync(store, id, session, cancellationToken);
        }

        var token = StoredTokens.AccessToken(properties) ?? throw CurrentAccessToken.NoToken(properties, scheme);
        return IsExpired(session) ? throw CurrentAccessToken.NotRefreshed() : new(token);
    }

    private async Task<FoundAccessToken> RefreshAsync(ITicketStore store, string id, IssuedSession session, CancellationToken cancellationToken)
    {
        BinanceTokens? refreshed = null;
        try
        {
            refreshed = await stored.RefreshAsync(store, id, session, cancellationToken);

            // If the session has ended, in this process or another, its tokens are revoked, or will be.
            return IsOver(session) || await store.RetrieveAsync(id, CancellationToken.None).WaitAsync(cancellationToken) is null ? _none : new(refreshed.AccessToken);
        }
        catch (BinanceAuthenticationException exception) when (exception.Failure is BinanceFailure.InvalidGrant)
        {
            return session.Issued.Options.EndSessionWhenRefused ? _none : throw CurrentAccessToken.Refused(session.Issued.Scheme);
        }
        catch (Exception exception) when (exception is BinanceAuthenticationException or TimeoutException && !IsExpired(session))
        {
            return IsOver(session) ? _none : new(refreshed?.AccessToken ?? StoredTokens.AccessToken(session.Properties));
        }
        catch (TimeoutException)
        {
            // The access token has expired during the wait.
            return await RefreshAsync(store, id, session, cancellationToken);
        }
    }

    // Sessions that this process ended. Another process marks the end in the store.
    private bool IsOver(IssuedSession session)
        => session.Key is { } key && registry.StateOf(key, session.Issued.Options.Clock.GetUtcNow()) is SessionState.Ended;

    private static bool IsExpired(IssuedSession session) => StoredTokens.IsExpired(session.Properties, session.Issued.Options.Clock.GetUtcNow());

    // The issuer is checked, because another provider may issue a claim of that type, and options of any name can be created.
    private IEnumerable<(ITicketStore Store, string Id)> SessionsOf(ClaimsPrincipal user)
        => SessionClaim.FindAll(user)
            .Where(claim => cookies.Contains(claim.Issuer))
            .Select(claim => (Store: (options.Get(claim.Issuer).SessionStore as IServerSessionStore)?.ById, Id: claim.Value))
            .Where(static session => session.Store is not null)!;
}
