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
/// Logs once that the tokens of external logins are not kept, when ASP.NET Core Identity signs its users in without them.
/// </summary>
internal sealed class UnkeptTokens(IssuedTickets tickets, SafeLogger<UnkeptTokens> logger)
{
    private readonly ConcurrentDictionary<string, bool> _logged = new(StringComparer.Ordinal);

    /// <summary>Handles the sign-in to a cookie.</summary>
    public async Task SigningInAsync(CookieSigningInContext context)
    {
        // IsMarked first: AccessToken allocates the name of the item.
        if (context.Scheme.Name == IdentityConstants.ExternalScheme || IssuedTickets.IsMarked(context.Properties) || StoredTokens.AccessToken(context.Properties) is not null)
        {
            return;
        }

        try
        {
            PendingCookies.Of(context.HttpContext).HasSignedInWithoutTokens = true;
            LogOnce(await FindExternalAsync(context));
        }
        catch (Exception)
        {
            // A failing session store must not prevent the sign-in. The next sign-in logs the warning.
        }
    }

    /// <summary>Handles the sign-out of a cookie, which may follow the sign-in to another one.</summary>
    public void SignedOut(CookieSigningOutContext context)
    {
        if (context.Scheme.Name == IdentityConstants.ExternalScheme && PendingCookies.Find(context.HttpContext) is { HasSignedInWithoutTokens: true } pending)
        {
            LogOnce(pending.Find(IdentityConstants.ExternalScheme)?.SignedOut);
        }
    }

    private void LogOnce(AuthenticationProperties? external)
    {
        if (external is not null
            && StoredTokens.AccessToken(external) is not null
            && tickets.Find(external) is { Options: { AutomaticRefresh: true } or { RevokeOnSignOut: true } } issued
            && _logged.TryAdd(issued.Scheme, true))
        {
            Log.TokensNotKept(logger, issued.Scheme);
        }
    }

    // Either this request has signed out of the external cookie, or the cookie still exists and the user has the claim of its scheme.
    private async Task<AuthenticationProperties?> FindExternalAsync(CookieSigningInContext context)
    {
        var http = context.HttpContext;
        if (PendingCookies.Find(http)?.Find(IdentityConstants.ExternalScheme)?.SignedOut is { } signedOut)
        {
            return signedOut;
        }

        if (context.Principal?.FindFirstValue(ClaimTypes.AuthenticationMethod) is not { } method
            || _logged.ContainsKey(method)
            || await http.RequestServices.GetRequiredService<IAuthenticationSchemeProvider>().GetSchemeAsync(IdentityConstants.ExternalScheme) is null)
        {
            return null;
        }

        var options = http.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ExternalScheme);
        return await SessionCookieReader.ReadSessionAsync(http, options) is { } ticket && tickets.Find(ticket.Properties)?.Scheme == method ? ticket.Properties : null;
    }
}
