using AspNet.Security.OAuth.Binance.Cookies;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// Decides when the response starts what becomes of the external logins of a request. By then is known whether the user was signed in, or has the login; and what a
/// page has done to its user is done.
/// </summary>
internal sealed class ArrivedLogins<TUser>(
    ExternalLogins<TUser> logins, UserTokensEnd<TUser> end, SessionRegistry sessions, SessionTokens tokens, UserIds ids)
    where TUser : class
{
    /// <summary>Takes the tokens of the logins that have become sign-ins, or have been added to the user who is signed in.</summary>
    public async Task KeepAsync(HttpContext context, IdentityRequest request)
    {
        while (request.Arrived is [var arrived, ..])
        {
            request.Arrived.RemoveAt(0);
            if (arrived.IsWritten(context.Response.Headers))
            {
                await TryTakeAsync(PendingCookies.Of(context), arrived.Login, arrived.UserId);
            }
            else if (arrived.IsKept)
            {
                await tokens.RevokeAllAsync(await end.EndAsync([new SignIn(arrived.Login.Issued.Scheme, arrived.Login.Id, arrived.UserId)]));
            }
        }

        if (request.Left is not null && request.Presented is { } left && !PendingCookies.Of(context).Ends.Kept.Contains(left.Id) && !context.Response.HasStarted)
        {
            await LinkAsync(context, request, left);
        }
    }

    /// <summary>Returns a value indicating whether another request may have taken the tokens of the login that this one signed out of.</summary>
    public async Task<bool> MayBeKeptAsync(HttpContext context, IdentityRequest request)
    {
        if (request.Left is not { } left || request.Ended.Contains(left.Id))
        {
            return false;
        }

        // Where that is not known in time, somebody may be using them.
        var asking = DetachedFlow.RunAsync(() => logins.MayBeTakenAsync(left));
        return !await PendingCookies.Of(context).WaitWithinAsync(asking, left.Issued.Options) || await asking;
    }

    // As long as a sign-out waits for its store.
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

        pending.Ends.Kept.Add(login.Id);
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

    // The user whom this request has signed in before it left the login, or who has just added it. The cookie is written once more, with the same times.
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

    // As the cookie has it: an application may have given the user of this request alone more claims.
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
