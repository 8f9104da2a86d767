using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The sessions that an application's own events are looking at in this request. An application may sign out while it validates: the
/// framework's documentation shows it, and Identity's security stamp does it. Asking the cookie handler for the session
/// at that moment would validate again, and again.
/// </summary>
internal sealed class SessionUnderValidation : IDisposable
{
    private readonly HttpContext _context;
    private readonly SessionUnderValidation? _outer;

    private SessionUnderValidation(HttpContext context, string cookieScheme, AuthenticationProperties properties)
    {
        (_context, CookieScheme, Properties) = (context, cookieScheme, properties);
        _outer = Innermost(context);
        context.Items[typeof(SessionUnderValidation)] = this;
    }

    public string CookieScheme { get; }

    public AuthenticationProperties Properties { get; }

    /// <summary>Keeps a session in sight until the event is over.</summary>
    public static SessionUnderValidation Enter(HttpContext context, string cookieScheme, AuthenticationProperties properties)
        => new(context, cookieScheme, properties);

    public static IEnumerable<SessionUnderValidation> All(HttpContext context)
    {
        for (var session = Innermost(context); session is not null; session = session._outer)
        {
            yield return session;
        }
    }

    public void Dispose() => _context.Items[typeof(SessionUnderValidation)] = _outer;

    private static SessionUnderValidation? Innermost(HttpContext context)
        => context.Items.TryGetValue(typeof(SessionUnderValidation), out var session) ? session as SessionUnderValidation : null;
}
