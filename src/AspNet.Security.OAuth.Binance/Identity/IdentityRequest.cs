using AspNet.Security.OAuth.Binance.Cookies;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// The external login and the sessions with kept tokens of a request, and what the request did to them: a feature of the request.
/// </summary>
internal sealed class IdentityRequest
{
    private readonly Dictionary<string, AuthenticationTicket> _tickets = new(StringComparer.Ordinal);

    /// <summary>Gets or sets the external login of the request's cookie, if it has neither ended nor expired.</summary>
    public ExternalLogin? Presented { get; set; }

    /// <summary>Gets or sets the external login that the request has signed out of, which may have expired.</summary>
    public ExternalLogin? SignedOutLogin { get; set; }

    /// <summary>Gets the external logins that have become sign-ins. Their tokens are kept when the response starts.</summary>
    public List<CompletedLogin> Completed { get; } = [];

    /// <summary>Gets or sets the scheme of the cookie that the request has signed a user in to.</summary>
    public string? SignedInTo { get; set; }

    /// <summary>Gets the schemes of the cookies that the request has signed out of, without a later sign-in.</summary>
    public HashSet<string> SignedOutOf { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the ids of the sign-ins that the request has ended.</summary>
    public HashSet<string> Ended { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the sessions whose tokens are kept, and those that the request signed in.</summary>
    public IEnumerable<AuthenticationTicket> Sessions => _tickets.Values;

    public static IdentityRequest? Find(HttpContext? context) => context?.Features.Get<IdentityRequest>();

    public static IdentityRequest Of(HttpContext context)
    {
        if (Find(context) is not { } request)
        {
            context.Features.Set(request = new IdentityRequest());
        }

        return request;
    }

    public AuthenticationTicket? FindSession(string cookieScheme) => _tickets.GetValueOrDefault(cookieScheme);

    public void Remember(AuthenticationTicket session) => _tickets[session.AuthenticationScheme] = session;

    public void Forget(string cookieScheme) => _tickets.Remove(cookieScheme);
}

/// <summary>An external login that has become a sign-in.</summary>
/// <param name="Login">The login.</param>
/// <param name="UserId">The id of the user who is signed in.</param>
/// <param name="Cookie">The cookie that they are signed in to.</param>
internal sealed record CompletedLogin(ExternalLogin Login, string UserId, CookieAuthenticationOptions Cookie)
{
    /// <summary>Gets or sets a value indicating whether the tokens are kept already, because the page that signs in has requested them.</summary>
    public bool IsKept { get; set; }

    /// <summary>Returns a value indicating whether the cookie is written: an error page that clears the headers cancels the sign-in.</summary>
    public bool IsWritten(IHeaderDictionary headers)
        => Cookie.CookieManager is not ChunkingCookieManager || SetCookieHeaders.IsWritten(headers, Cookie.Cookie.Name!);
}
