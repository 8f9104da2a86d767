using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.HttpClients;

/// <summary>
/// Finds the ticket of a Binance scheme that a request is signed in with, in whichever cookie it is.
/// </summary>
internal static class RequestTicket
{
    /// <summary>Finds the ticket.</summary>
    /// <returns>
    /// <see langword="null"/> if nobody is signed in with the scheme, or if the request is signed in as another user than the session of the scheme.
    /// </returns>
    /// <exception cref="InvalidOperationException">There is no such scheme.</exception>
    public static async Task<(AuthenticationTicket? Ticket, bool IsOthers)> FindAsync(HttpContext context, string scheme)
    {
        var feature = context.Features.Get<IAuthenticateResultFeature>();

        // The framework's feature has no result any more when somebody else has set the user.
        var ticket = feature?.AuthenticateResult is { Succeeded: true } result && result.Principal == context.User ? result.Ticket : null;
        if (ticket is not null && IssuedTickets.IsOf(ticket.Properties, scheme))
        {
            return (ticket, false);
        }

        // Where no middleware has signed the request in, there is no user that the session could belie.
        var isSignedIn = feature is not null || context.User.Identities.Any(static identity => identity.IsAuthenticated);
        var isOthers = false;
        await foreach (var found in FindAsync(context, scheme, ticket?.AuthenticationScheme))
        {
            if (!isSignedIn || IsSameUser(context.User, found.Principal))
            {
                return (found, false);
            }

            isOthers = true;
        }

        return (null, isOthers);
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

        // The cookie that the scheme signs in to, and the one that the application reads by itself.
        if (await AuthenticateAsync(context, scheme, scheme) is { } signIn)
        {
            yield return signIn;
        }

        if (await Schemes(context).GetDefaultAuthenticateSchemeAsync() is { } byDefault && await AuthenticateAsync(context, byDefault.Name, scheme) is { } own)
        {
            yield return own;
        }
    }

    // Authorization makes a ticket without items for the users of its policy's schemes, whose names it joins (PolicyEvaluator). It calls a
    // user that it finds 'context.User', which is no scheme.
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

    // A cookie is read once in a request, however often it is authenticated.
    private static async Task<AuthenticationTicket?> AuthenticateAsync(HttpContext context, string name, string scheme)
        => await context.AuthenticateAsync(name) is { Succeeded: true } result && IssuedTickets.IsOf(result.Properties, scheme) ? result.Ticket : null;

    // A user that an application has put together has the identity of the session, or a copy of its name. All Binance schemes have one claims issuer.
    private static bool IsSameUser(ClaimsPrincipal user, ClaimsPrincipal ofSession)
        => (ofSession.Identity is ClaimsIdentity identity && user.Identities.Contains(identity))
            || (ofSession.FindFirst(ClaimTypes.NameIdentifier) is { } name && user.Claims.Any(claim
                => claim.Type == name.Type && claim.Value == name.Value && claim.Issuer == name.Issuer && claim.Subject is { IsAuthenticated: true }));

    private static IAuthenticationSchemeProvider Schemes(HttpContext context) => context.RequestServices.GetRequiredService<IAuthenticationSchemeProvider>();
}
