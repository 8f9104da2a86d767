using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Names the session on the server among the claims of a request's user. The user of a Blazor circuit or a hub's connection is all that is left of
/// the request that began it. The claim holds the session's id, which opens nothing; its issuer is the scheme of the cookie.
/// </summary>
internal static class SessionClaim
{
    private const string Type = ".binance.session";

    /// <summary>Tells the cookie handler the id of a session that was read.</summary>
    public static void Offer(AuthenticationProperties properties, string id) => properties.SetParameter(Type, id);

    /// <summary>Adds the claim to the user whose cookie is validated, if the session is on the server.</summary>
    public static void Add(CookieValidatePrincipalContext context)
    {
        if (context.Properties.GetParameter<string>(Type) is { } id && context.Principal?.Identity is ClaimsIdentity identity)
        {
            // A session that was renewed has it already.
            Remove(context.Principal);
            identity.AddClaim(new Claim(Type, id, ClaimValueTypes.String, context.Scheme.Name));
        }
    }

    /// <summary>Removes the claim from what is signed in: an application signs in again with the user of a request, perhaps to another cookie.</summary>
    public static void Remove(CookieSigningInContext context)
    {
        if (context.Principal is { } principal && principal.HasClaim(static claim => claim.Type == Type))
        {
            // The rest of the request is authenticated by the session before.
            context.Principal = new ClaimsPrincipal(principal.Identities.Select(static identity => identity.Clone()));
            Remove(context.Principal);
        }
    }

    /// <summary>Returns the claims of the sessions by which a user is authenticated: one, unless the request had several cookies.</summary>
    public static IEnumerable<Claim> FindAll(ClaimsPrincipal user) => user.FindAll(Type).Where(static claim => claim.Subject is { IsAuthenticated: true });

    private static void Remove(ClaimsPrincipal principal)
    {
        foreach (var claim in principal.FindAll(Type).ToArray())
        {
            claim.Subject!.TryRemoveClaim(claim);
        }
    }
}
