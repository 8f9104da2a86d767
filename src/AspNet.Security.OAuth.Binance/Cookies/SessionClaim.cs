using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// A claim of a request's user with the id of the session on the server: in a Blazor circuit or a hub's connection, only the user remains of
/// the request that began it. The session cannot be opened with the id. The claim's issuer is the scheme of the cookie.
/// </summary>
internal static class SessionClaim
{
    private const string Type = ".binance.session";

    /// <summary>Passes the id of a session that was read from the store on to <see cref="Add"/>.</summary>
    public static void SetId(AuthenticationProperties properties, string id) => properties.SetParameter(Type, id);

    /// <summary>Adds the claim to the user whose cookie is validated, if the session is on the server.</summary>
    public static void Add(CookieValidatePrincipalContext context)
    {
        if (context.Properties.GetParameter<string>(Type) is { } id && context.Principal?.Identity is ClaimsIdentity identity)
        {
            // A renewed session may contain it already.
            Remove(context.Principal);
            identity.AddClaim(new Claim(Type, id, ClaimValueTypes.String, context.Scheme.Name));
        }
    }

    /// <summary>Removes the claim at a sign-in: an application may sign in with the user of a request, perhaps to another cookie.</summary>
    public static void Remove(CookieSigningInContext context)
    {
        if (context.Principal is { } principal && principal.HasClaim(static claim => claim.Type == Type))
        {
            // Cloned, because the previous session authenticates the rest of the request.
            context.Principal = new ClaimsPrincipal(principal.Identities.Select(static identity => identity.Clone()));
            Remove(context.Principal);
        }
    }

    /// <summary>Returns the claims of the sessions that authenticate a user: one, unless the request has several cookies.</summary>
    public static IEnumerable<Claim> FindAll(ClaimsPrincipal user) => user.FindAll(Type).Where(static claim => claim.Subject is { IsAuthenticated: true });

    private static void Remove(ClaimsPrincipal principal)
    {
        foreach (var claim in principal.FindAll(Type).ToArray())
        {
            claim.Subject!.TryRemoveClaim(claim);
        }
    }
}
