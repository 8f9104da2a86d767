using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Cookies;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// Handles the events of Identity's cookies. Every external login signs out of the external cookie, or signs in to the application's cookie with the name of the
/// provider, so that the application's pages need no change. Cookies are read without authentication, because these events may run during
/// one.
/// </summary>
internal sealed class IdentityCookies<TUser>(
    IssuedTickets tickets, CompletedLogins<TUser> completedLogins, UserTokensEnd<TUser> end, SessionRegistry sessions, CookieWriter writer, UserIds ids)
    : IUserTokens
    where TUser : class
{
    public void Presented(CookieValidatePrincipalContext context)
    {
        if (context.Principal is not { } principal)
        {
            return;
        }

        if (context.Scheme.Name != IdentityConstants.ExternalScheme)
        {
            if (SignIns.IsMarked(context.Properties))
            {
                IdentityRequest.Of(context.HttpContext).Remember(new(principal, context.Properties, context.Scheme.Name));
            }
        }
        else if (LoginOf(new(principal, context.Properties, context.Scheme.Name)) is { } login && !IsEnded(login))
        {
            IdentityRequest.Of(context.HttpContext).Presented = login;
        }
    }

    public async Task SigningInAsync(CookieSigningInContext context)
    {
        var (http, cookie, properties) = (context.HttpContext, context.Scheme.Name, context.Properties);
        if (cookie == IdentityConstants.ExternalScheme || ids.Of(context.Principal) is not { } userId)
        {
            return;
        }

        // The sign-ins of the previous session are carried over, so that they end with the new one, even if it is another user's.
        var request = IdentityRequest.Of(http);
        var before = request.SignedOutOf.Contains(cookie) ? null
            : request.FindSession(cookie) ?? await IdentityCookie.ReadAsync(http, context.Options);
        SignIn[] earlier = before is not null && ids.Of(before.Principal) is { } owner ? [.. SignIns.Of(before.Properties, owner)] : [];
        var signIns = SignIns.Of(properties, userId).Where(signIn => !earlier.Any(other => other.Id == signIn.Id)).Concat(earlier).Where(signIn => !request.Ended.Contains(signIn.Id));

        if (await FindLoginAsync(context, request) is { } login)
        {
            // Tokens in the ticket are refreshed and revoked with the ticket. Two owners would spend each other's refresh token.
            var isInTicket = StoredTokens.AccessToken(properties) is { } held && held == login.Tokens?.AccessToken;
            request.Completed.RemoveAll(completed => completed.Login.Id == login.Id && (isInTicket || completed.Cookie == context.Options));
            signIns = signIns.Where(signIn => signIn.Id != login.Id);
            if (!isInTicket)
            {
                request.Completed.Add(new(login, userId, context.Options));
                writer.ScheduleDecision(http);
                signIns = signIns.Prepend(new(login.Issued.Scheme, login.Id, userId));
            }
        }

        SignIns.Write(properties, userId, [.. signIns]);
        request.SignedInTo = cookie;
        request.SignedOutOf.Remove(cookie);
        request.Remember(new(context.Principal!, properties, cookie));
    }

    public async Task SigningOutAsync(CookieSigningOutContext context)
    {
        var (http, cookie) = (context.HttpContext, context.Scheme.Name);
        var request = IdentityRequest.Of(http);
        if (cookie == IdentityConstants.ExternalScheme)
        {
            request.SignedOutLogin = request.Presented ?? await ReadLoginAsync(http, request, context.Options);
            return;
        }

        // The cookie handler has removed the entry of a session on the server, which was read before that.
        var session = request.FindSession(cookie) ?? (context.Options.SessionStore is null ? SessionCookieReader.ReadTicket(http, context.Options) : null);
        request.SignedOutOf.Add(cookie);
        request.SignedInTo = request.SignedInTo == cookie ? null : request.SignedInTo;
        request.Forget(cookie);
        if (session is not null)
        {
            await EndAsync(http, request, session);
        }
    }

    public Task KeepAsync(HttpContext context) => IdentityRequest.Find(context) is { } request ? completedLogins.KeepAsync(context, request) : Task.CompletedTask;

    public Task<bool> MayBeKeptAsync(HttpContext context) => completedLogins.MayBeKeptAsync(context, IdentityRequest.Of(context));

    public Task<IReadOnlyList<IssuedSession>> EndAsync(IReadOnlyCollection<AuthenticationTicket> tickets)
        => end.EndAsync(tickets.SelectMany(ticket => ids.Of(ticket.Principal) is { } userId ? SignIns.Of(ticket.Properties, userId) : []));

    // Either this request has signed out of the external cookie, or the cookie still exists and the user has the claim of its provider, as after a registration.
    private async Task<ExternalLogin?> FindLoginAsync(CookieSigningInContext context, IdentityRequest request)
    {
        if (request.SignedOutLogin is null)
        {
            if (context.Principal?.FindFirstValue(ClaimTypes.AuthenticationMethod) is not { } method || tickets.Find(method) is null)
            {
                return null;
            }

            if (request.Presented is null)
            {
                await ReadLoginAsync(context.HttpContext, request, IdentityCookie.OptionsOf(context.HttpContext, IdentityConstants.ExternalScheme));
            }

            return request.Presented?.Provider == method ? request.Presented : null;
        }

        return request.Presented;
    }

    private ExternalLogin? LoginOf(AuthenticationTicket? external)
        => external is not null
            && tickets.Find(external.Properties) is { } issued
            && StoredTokens.AccessToken(external.Properties) is not null
            && IssuedTickets.SessionId(external.Properties) is { } id
                ? new(external, id, issued)
                : null;

    private bool IsEnded(ExternalLogin login)
        => sessions.StateOf(new(IdentityConstants.ExternalScheme, login.Id), login.Issued.Options.Clock.GetUtcNow()) is SessionState.Ended;

    // This request has not authenticated the external cookie, as with a second factor. An expired login only identifies the tokens.
    private async Task<ExternalLogin?> ReadLoginAsync(HttpContext http, IdentityRequest request, CookieAuthenticationOptions options)
    {
        var login = LoginOf(await IdentityCookie.ReadAsync(http, options));
        if (login is not null && login.Ticket.Properties.ExpiresUtc > (options.TimeProvider ?? TimeProvider.System).GetUtcNow() && !IsEnded(login))
        {
            request.Presented = login;
        }

        return login;
    }

    private async Task EndAsync(HttpContext http, IdentityRequest request, AuthenticationTicket session)
    {
        // Sign-ins that another cookie of the request contains as well do not end.
        var staying = request.Sessions.SelectMany(other => SignIns.Of(other.Properties, string.Empty)).Select(static signIn => signIn.Id).ToHashSet(StringComparer.Ordinal);
        SignIn[] signIns = ids.Of(session.Principal) is { } userId ? [.. SignIns.Of(session.Properties, userId).Where(signIn => !staying.Contains(signIn.Id))] : [];
        request.Completed.RemoveAll(completed => signIns.Any(signIn => signIn.Id == completed.Login.Id));
        var options = signIns.Select(signIn => tickets.Find(signIn.Scheme)?.Options).OfType<BinanceAuthenticationOptions>()
            .Where(static options => options.RevokeOnSignOut).MaxBy(static options => options.RevocationTimeout);
        if (options is null)
        {
            return;
        }

        request.Ended.UnionWith(signIns.Select(static signIn => signIn.Id));
        var pending = PendingCookies.Of(http);
        var ending = DetachedFlow.RunAsync(() => end.EndAsync(signIns));
        if (!await pending.WaitWithinAsync(ending, options))
        {
            _ = end.RevokeLaterAsync(ending);
            return;
        }

        foreach (var ended in await ending)
        {
            await writer.RevokeAsync(http, ended);
        }
    }
}
