using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// What happens when a cookie is presented: tokens that are about to expire are refreshed. Only a refusal ends the session;
/// a server that is away does not.
/// </summary>
internal sealed class CookieRefresh(IssuedTickets tickets, TokenRefresher refresher, EndedSessions ended)
{
    public void CheckSlidingExpiration(CookieSlidingExpirationContext context)
    {
        if (context.ShouldRenew && tickets.Find(context.Properties) is { } issued)
        {
            SlidingCookie.Slides(context, takeOver: IsDue(context.Properties, issued.Options) || ended.Contains(context.Properties));
        }
    }

    // Not async: a ticket that needs nothing, as nearly all do, allocates nothing of its own.
    public Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (context.Principal is null || tickets.Find(context.Properties) is not { } issued)
        {
            return Task.CompletedTask;
        }

        if (ended.Contains(context.Properties))
        {
            return RejectAsync(context);
        }

        // Once the headers are out the new tokens could not be kept, and the old ones would be spent. The same goes for a token that
        // came due in the instant since the cookie handler began to slide the old ones: the next request refreshes it.
        return IsDue(context.Properties, issued.Options)
            && !context.Response.HasStarted
            && SlidingCookie.IsTakenOver(context.HttpContext, context.Scheme.Name) is not false
                ? RefreshAsync(context, issued)
                : Task.CompletedTask;
    }

    // A ticket that an application has taken the tokens out of does not get them back.
    private static bool IsDue(AuthenticationProperties properties, BinanceAuthenticationOptions options)
        => options.AutomaticRefresh
            && StoredTokens.IsDue(properties, options.Clock().GetUtcNow(), options.RefreshBeforeExpiration)
            && StoredTokens.AccessToken(properties) is not null
            && StoredTokens.RefreshToken(properties) is not null;

    private async Task RefreshAsync(CookieValidatePrincipalContext context, IssuedTicket issued)
    {
        var refreshToken = StoredTokens.RefreshToken(context.Properties)!;
        var result = await refresher.RefreshAsync(issued.Scheme, refreshToken, context.HttpContext.RequestAborted);
        if (result.Failure?.Kind is BinanceFailure.InvalidGrant)
        {
            await RejectAsync(context);
            return;
        }

        var now = issued.Options.Clock().GetUtcNow();
        var slides = SlidingCookie.IsTakenOver(context.HttpContext, context.Scheme.Name) is true;
        Store(context.Properties);
        if (ended.Contains(context.Properties))
        {
            await RejectAsync(context);
        }
        else if (!context.ShouldRenew && (result.Value is not null || slides))
        {
            // A cookie that is renewed anyway, because the application asked for it, takes the new tokens along.
            await SessionCookie.RewriteAsync(context, Change, slides);
            SessionCookie.DeleteAtTheEndIf(context, ended.Contains);
        }

        void Store(AuthenticationProperties properties)
        {
            if (result.Value is { } tokens)
            {
                StoredTokens.Store(properties, tokens, now, issued.Options.RefreshBeforeExpiration);
            }
        }

        void Change(AuthenticationProperties properties)
        {
            Store(properties);
            if (slides)
            {
                SlidingCookie.Slide(properties, now);
            }
        }
    }

    private static Task RejectAsync(CookieValidatePrincipalContext context)
    {
        context.RejectPrincipal();
        return SessionCookie.DeleteAsync(context);
    }
}
