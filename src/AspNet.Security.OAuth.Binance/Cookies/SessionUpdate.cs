using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Updates a ticket before it is written, with the newest tokens and optionally with new times.
/// </summary>
internal sealed class SessionUpdate(RefreshChain chain)
{
    /// <summary>Updates a ticket.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="issued">The scheme that issued it.</param>
    /// <param name="refreshed">The tokens of a refresh of this request, if any.</param>
    /// <param name="slidesAt">The new start of the session's lifetime, if it slides or is renewed.</param>
    /// <returns><see langword="false"/> if the ticket must not be written.</returns>
    public async Task<bool> TryApplyAsync(AuthenticationTicket ticket, IssuedTicket issued, BinanceTokens? refreshed, DateTimeOffset? slidesAt)
    {
        var properties = ticket.Properties;
        if (refreshed is not null)
        {
            Store(refreshed);
        }

        var isDue = StoredTokens.IsDue(properties, issued.Options.Clock.GetUtcNow(), issued.Options.RefreshBeforeExpiration);
        var newest = await chain.FollowAsync(new(null, properties, issued), inFarm: isDue, waits: false, CancellationToken.None);
        if (newest.Last is NewestTokens.Outcome.Refused && !issued.Options.EndSessionWhenRefused)
        {
            StoredTokens.Refuse(properties);
        }
        else if (newest.Last is not NewestTokens.Outcome.Known)
        {
            // Tokens that are being refreshed are written by the request that refreshes them. Refused tokens end the session. Spent tokens are older than the browser's.
            return false;
        }
        else if (newest.Tokens is { } tokens && !StoredTokens.IsOlder(tokens, properties))
        {
            Store(tokens);
        }

        if (slidesAt is { } now && properties.ExpiresUtc - properties.IssuedUtc is { } length)
        {
            (properties.IssuedUtc, properties.ExpiresUtc) = (now, now + length);
            CookieAttributes.Slide(properties);
        }

        return true;

        void Store(BinanceTokens tokens)
            => StoredTokens.Store(properties, tokens, issued.Options.Clock.GetUtcNow(), issued.Options.RefreshBeforeExpiration);
    }
}
