using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.HttpClients;

/// <summary>
/// Finds the ticket of a Binance scheme that a request is signed in with, in any cookie.
/// </summary>
internal static class RequestTicket
{
    /// <summary>Finds the ticket.</summary>
    /// <returns>
    /// <see langword="null"/> if nobody is signed in with the scheme, or if the request is signed in as another user than the session of the scheme.
    /// </returns>
    /// <exception cref="InvalidOperationException">There is no such scheme.</exception>
    public static async Task<(AuthenticationTicket? Ticket, bool IsOfOtherUser)> FindAsync(HttpContext context, string scheme)
    {
        var feature = context.Features.Get<IAuthenticateResultFeature>();

        // The framework's feature has no result any more after HttpContext.User was set.
        var ticket = feature?.AuthenticateResult is { Succeeded: true } result && result.Principal == context.User ? result.Ticket : null;
        if (ticket is not null && IssuedTickets.IsOf(ticket.Properties, scheme))
        {
            return (ticket, false);
        }

        // If no middleware has authenticated the request, there is no user with which the session could conflict.
        var isSignedIn = feature is not null || context.User.Identities.Any(static identity => identity.IsAuthenticated);
        var isOfOtherUser = false;
        await foreach (var found in FindAsync(context, scheme, ticket?.AuthenticationScheme))
        {
            if (!isSignedIn || IsSameUser(context.User, found.Principal))
            {
                return (found, false);
            }

            isOfOtherUser = true;
        }

        return (null, isOfOtherUser);
    }

    private static async IAsyncEnumerable<AuthenticationTicket> FindAsync(HttpContext context, string scheme, string? signedInBy)
    {
        if (signedInBy is not null)
        {
            foreach (var name in await SchemesAsync(context, signedInBy))
            {
                if (await AuthenticateAsync(context, name, scheme) is { } ticket)
                {
                    yield return ticket;
                }
            }
        }

        // The cookie that the scheme signs in to, and the default authentication scheme.
        if (await AuthenticateAsync(context, scheme, scheme) is { } signIn)
        {
            yield return signIn;
        }

        if (await Schemes(context).GetDefaultAuthenticateSchemeAsync() is { } byDefault && await AuthenticateAsync(context, byDefault.Name, scheme) is { } own)
        {
            yield return own;
        }
    }

    // For a policy with schemes, authorization creates a ticket without items, whose scheme is their joined names (PolicyEvaluator). For an
    // existing user it is 'context.User', which is not a scheme.
    private static async Task<IEnumerable<string>> SchemesAsync(HttpContext context, string joined)
    {
        List<string> found = [];
        foreach (var name in joined.Split(';').Prepend(joined).Distinct(StringComparer.Ordinal))
        {
            if (await Schemes(context).GetSchemeAsync(name) is not null)
            {
                found.Add(name);
            }
        }

        return found;
    }

    // The cookie handler reads a cookie once per request.
    private static async Task<AuthenticationTicket?> AuthenticateAsync(HttpContext context, string name, string scheme)
        => await context.AuthenticateAsync(name) is { Succeeded: true } result && IssuedTickets.IsOf(result.Properties, scheme) ? result.Ticket : null;

    // A principal that the application composed contains the session's identity, or a copy of its name. All Binance schemes have the same claims issuer.
    private static bool IsSameUser(ClaimsPrincipal user, ClaimsPrincipal ofSession)
        => (ofSession.Identity is ClaimsIdentity identity && user.Identities.Contains(identity))
            || (ofSession.FindFirst(ClaimTypes.NameIdentifier) is { } name && user.Claims.Any(claim
                => claim.Type == name.Type && claim.Value == name.Value && claim.Issuer == name.Issuer && claim.Subject is { IsAuthenticated: true }));

    private static IAuthenticationSchemeProvider Schemes(HttpContext context) => context.RequestServices.GetRequiredService<IAuthenticationSchemeProvider>();
}
