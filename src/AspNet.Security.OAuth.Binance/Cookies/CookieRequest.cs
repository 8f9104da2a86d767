using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The feature of a request that has something to remember about its cookies. It is created at the first thing to remember, which for
/// most requests never comes.
/// </summary>
internal sealed class CookieRequest
{
    private readonly List<SessionUnderValidation> _validating = [];

    /// <summary>Gets the events that were resolved from the container: one object per request and cookie, as the cookie handler has it.</summary>
    public Dictionary<BinanceCookieEvents, CookieAuthenticationEvents> Events { get; } = [];

    /// <summary>Gets, for each cookie scheme whose cookie slides in this request, whether we slide it instead of the cookie handler.</summary>
    public Dictionary<string, bool> TakenOver { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the cookie schemes whose cookie was rewritten here.</summary>
    public HashSet<string> Written { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets, for each cookie scheme, the key of the stored session that a sign-in replaces, and the options of the new cookie.</summary>
    public Dictionary<string, (string Key, CookieOptions Cookie)> Replaced { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the access tokens that this request revoked.</summary>
    public HashSet<string> Revoked { get; } = new(StringComparer.Ordinal);

    public static CookieRequest? Find(HttpContext context) => context.Features.Get<CookieRequest>();

    public static CookieRequest Of(HttpContext context)
    {
        if (Find(context) is not { } request)
        {
            context.Features.Set(request = new CookieRequest());
        }

        return request;
    }

    /// <summary>
    /// Returns the sessions that an application's own events are validating. An application may sign out while it validates: the
    /// framework's documentation shows it, and Identity's security stamp does it. To authenticate the cookie at that moment would
    /// validate it again, and again.
    /// </summary>
    public static IReadOnlyList<SessionUnderValidation> SessionsUnderValidation(HttpContext context) => Find(context)?._validating ?? [];

    /// <summary>Remembers a session until the application's event is over.</summary>
    public static SessionUnderValidation Validating(HttpContext context, string cookieScheme, AuthenticationProperties properties)
    {
        var validating = Of(context)._validating;
        var session = new SessionUnderValidation(validating, cookieScheme, properties);
        validating.Insert(0, session);
        return session;
    }

    /// <summary>A session whose cookie an application's event is validating; the innermost is the first of the list.</summary>
    internal sealed class SessionUnderValidation(List<SessionUnderValidation> all, string cookieScheme, AuthenticationProperties properties) : IDisposable
    {
        public string CookieScheme => cookieScheme;

        public AuthenticationProperties Properties => properties;

        public void Dispose() => all.Remove(this);
    }
}
