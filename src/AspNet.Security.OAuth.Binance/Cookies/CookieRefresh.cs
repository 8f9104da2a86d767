using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// What happens when a cookie is presented: tokens that are about to expire are refreshed. Only a refusal ends the session.
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

    // Hot path: runs for every request; without a state machine for a ticket that needs nothing.
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

        // Once the headers are sent the new tokens could not be kept, and the old ones would be spent. The same holds for a token that
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
            && StoredTokens.IsDue(properties, options.Clock.GetUtcNow(), options.RefreshBeforeExpiration)
            && StoredTokens.AccessToken(properties) is not null
            && StoredTokens.RefreshToken(properties) is not null;

    private async Task RefreshAsync(CookieValidatePrincipalContext context, IssuedTicket issued)
    {
        BinanceTokens? tokens = null;
        try
        {
            tokens = await refresher.RefreshAsync(issued.Scheme, StoredTokens.RefreshToken(context.Properties)!, context.HttpContext.RequestAborted);
        }
        catch (BinanceAuthenticationException exception) when (exception.Failure is BinanceFailure.InvalidGrant)
        {
            await RejectAsync(context);
            return;
        }
        catch (BinanceAuthenticationException)
        {
            // Any other failure says nothing about the session, which goes on with its old tokens.
        }

        var now = issued.Options.Clock.GetUtcNow();
        var slides = SlidingCookie.IsTakenOver(context.HttpContext, context.Scheme.Name) is true;
        Store(context.Properties);
        if (ended.Contains(context.Properties))
        {
            await RejectAsync(context);
        }
        else if (!context.ShouldRenew && (tokens is not null || slides))
        {
            // A cookie that is renewed anyway, because the application asked for it, takes the new tokens along.
            await SessionCookie.RewriteAsync(context, Change, slides);
            SessionCookie.DeleteAtTheEndIf(context, ended.Contains);
        }

        void Store(AuthenticationProperties properties)
        {
            if (tokens is not null)
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
