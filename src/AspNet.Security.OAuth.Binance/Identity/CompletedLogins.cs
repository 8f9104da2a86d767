using AspNet.Security.OAuth.Binance.Cookies;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// Decides about the external logins of a request when the response starts. Then it is known whether the user was signed in, or has the login, and the
/// page's changes to the user are saved.
/// </summary>
internal sealed class CompletedLogins<TUser>(
    ExternalLogins<TUser> logins, UserTokensEnd<TUser> end, SessionRegistry sessions, SessionTokens tokens, UserIds ids)
    where TUser : class
{
    /// <summary>Keeps the tokens of the logins that have become sign-ins, or have been added to the signed-in user.</summary>
    public async Task KeepAsync(HttpContext context, IdentityRequest request)
    {
        while (request.Completed is [var completed, ..])
        {
            request.Completed.RemoveAt(0);
            if (completed.IsWritten(context.Response.Headers))
            {
                await TryTakeAsync(PendingCookies.Of(context), completed.Login, completed.UserId);
            }
            else if (completed.IsKept)
            {
                await tokens.RevokeAllAsync(await end.EndAsync([new SignIn(completed.Login.Issued.Scheme, completed.Login.Id, completed.UserId)]));
            }
        }

        if (request.SignedOutLogin is not null && request.Presented is { } login && !PendingCookies.Of(context).Ends.KeptLoginIds.Contains(login.Id) && !context.Response.HasStarted)
        {
            await LinkAsync(context, request, login);
        }
    }

    /// <summary>Returns a value indicating whether another request may have kept the tokens of the login that this one signed out of.</summary>
    public async Task<bool> MayBeKeptAsync(HttpContext context, IdentityRequest request)
    {
        if (request.SignedOutLogin is not { } login || request.Ended.Contains(login.Id))
        {
            return false;
        }

        // If that is not known in time, the tokens may be in use.
        var checking = DetachedFlow.RunAsync(() => logins.MayBeTakenAsync(login));
        return !await PendingCookies.Of(context).WaitWithinAsync(checking, login.Issued.Options) || await checking;
    }

    // Waits for at most RevocationTimeout, as a sign-out does.
    private async Task<bool> TryTakeAsync(PendingCookies pending, ExternalLogin login, string userId)
    {
        var taking = DetachedFlow.RunAsync(() => logins.TryTakeAsync(login, userId));
        if (!await pending.WaitWithinAsync(taking, login.Issued.Options))
        {
            _ = RevokeUnlessTakenAsync(taking, login);
        }
        else if (!await taking)
        {
            return false;
        }

        pending.Ends.KeptLoginIds.Add(login.Id);
        return true;
    }

    private async Task RevokeUnlessTakenAsync(Task<bool> taking, ExternalLogin login)
    {
        var key = new SessionKey(IdentityConstants.ExternalScheme, login.Id);
        if (!await taking
            && login.Issued.Options.RevokeOnSignOut
            && await sessions.EndAsync(key, login.Issued, login.Ticket.Properties, login.Issued.Options.RevocationTimeout) is not SessionState.Ended
            && !await logins.MayBeTakenAsync(login))
        {
            await tokens.RevokeAllAsync([new IssuedSession(key, login.Ticket.Properties, login.Issued)]);
        }
    }

    // For a user whom this request signed in before it signed out of the login, or who has just added the login. The cookie is written again, with the same times.
    private async Task LinkAsync(HttpContext http, IdentityRequest request, ExternalLogin login)
    {
        if (await FindSignedInAsync(http, request) is not { } session
            || ids.Of(session.Principal) is not { } userId
            || StoredTokens.AccessToken(session.Properties) == login.Tokens?.AccessToken
            || SignIns.Of(session.Properties, userId).Any(signIn => signIn.Id == login.Id)
            || !await TryTakeAsync(PendingCookies.Of(http), login, userId))
        {
            return;
        }

        var properties = session.Properties.Clone();
        SignIns.Write(properties, userId, SignIns.Of(properties, userId).Prepend(new(login.Issued.Scheme, login.Id, userId)));
        request.Presented = null;
        await http.SignInAsync(session.AuthenticationScheme, session.Principal, properties);
    }

    // Reads the principal from the cookie: an application may have added claims to the user of this request only.
    private async Task<AuthenticationTicket?> FindSignedInAsync(HttpContext http, IdentityRequest request)
    {
        if (request.SignedInTo is { } signedInTo)
        {
            return request.FindSession(signedInTo);
        }

        var cookie = IdentityConstants.ApplicationScheme;
        return ids.Of(http.User) is { } userId
            && !request.SignedOutOf.Contains(cookie)
            && await IdentityCookie.ReadAsync(http, IdentityCookie.OptionsOf(http, cookie)) is { } session
            && ids.Of(session.Principal) == userId
                ? session
                : null;
    }
}
