using System.Collections.Concurrent;
using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Says once that the tokens of external logins are kept nowhere, where ASP.NET Core Identity signs its users in without them.
/// </summary>
internal sealed class UnkeptTokens(IssuedTickets tickets, SafeLogger<UnkeptTokens> logger)
{
    private readonly ConcurrentDictionary<string, bool> _said = new(StringComparer.Ordinal);

    /// <summary>A user is about to be signed in to a cookie.</summary>
    public async Task SigningInAsync(CookieSigningInContext context)
    {
        // The name of a token is a string of its own, which a callback can do without.
        if (context.Scheme.Name == IdentityConstants.ExternalScheme || IssuedTickets.IsMarked(context.Properties) || StoredTokens.AccessToken(context.Properties) is not null)
        {
            return;
        }

        try
        {
            PendingCookies.Of(context.HttpContext).HasSignedInWithoutTokens = true;
            Say(await FindExternalAsync(context));
        }
        catch (Exception)
        {
            // A store of sessions that fails keeps nobody from signing in. The next sign-in says it.
        }
    }

    /// <summary>A cookie was signed out of, perhaps after the user was signed in to another one.</summary>
    public void SignedOut(CookieSigningOutContext context)
    {
        if (context.Scheme.Name == IdentityConstants.ExternalScheme && PendingCookies.Find(context.HttpContext) is { HasSignedInWithoutTokens: true } pending)
        {
            Say(pending.Find(IdentityConstants.ExternalScheme)?.SignedOut);
        }
    }

    private void Say(AuthenticationProperties? external)
    {
        if (external is not null
            && StoredTokens.AccessToken(external) is not null
            && tickets.Find(external) is { Options: { AutomaticRefresh: true } or { RevokeOnSignOut: true } } issued
            && _said.TryAdd(issued.Scheme, true))
        {
            Log.TokensNotKept(logger, issued.Scheme);
        }
    }

    // Signed out of by this request, or still there: then the user is said to have come by the scheme.
    private async Task<AuthenticationProperties?> FindExternalAsync(CookieSigningInContext context)
    {
        var http = context.HttpContext;
        if (PendingCookies.Find(http)?.Find(IdentityConstants.ExternalScheme)?.SignedOut is { } signedOut)
        {
            return signedOut;
        }

        if (context.Principal?.FindFirstValue(ClaimTypes.AuthenticationMethod) is not { } method
            || _said.ContainsKey(method)
            || await http.RequestServices.GetRequiredService<IAuthenticationSchemeProvider>().GetSchemeAsync(IdentityConstants.ExternalScheme) is null)
        {
            return null;
        }

        var options = http.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ExternalScheme);
        return await SessionCookieReader.ReadSessionAsync(http, options) is { } ticket && tickets.Find(ticket.Properties)?.Scheme == method ? ticket.Properties : null;
    }
}
