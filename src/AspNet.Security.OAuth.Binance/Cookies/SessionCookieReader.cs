using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Reads sessions from the cookies of a request, without authenticating them: no event of the application runs, and nothing is renewed.
/// </summary>
internal sealed class SessionCookieReader(IAuthenticationSchemeProvider schemes, IssuedTickets tickets)
{
    /// <summary>Reads the ticket that a cookie carries; with a session store it holds only the key.</summary>
    public static AuthenticationTicket? ReadTicket(HttpContext context, CookieAuthenticationOptions options)
        => options.CookieManager.GetRequestCookie(context, options.Cookie.Name!) is { Length: > 0 } cookie
            ? options.TicketDataFormat.Unprotect(cookie, TlsBinding(context))
            : null;

    /// <summary>Returns the session store's key in the ticket of a cookie.</summary>
    public static string? KeyOf(AuthenticationTicket? ticket) => ticket?.Principal.FindFirstValue(FrameworkNames.SessionIdClaim);

    /// <summary>Reads the session store's key that a cookie carries.</summary>
    public static string? ReadKey(HttpContext context, CookieAuthenticationOptions options) => KeyOf(ReadTicket(context, options));

    /// <summary>Reads the session store's key of the cookie that the cookie handler has just appended to the response.</summary>
    public static string? ReadWrittenKey(HttpContext context, CookieAuthenticationOptions options)
    {
        var name = options.Cookie.Name! + "=";
        return context.Response.Headers.SetCookie.LastOrDefault(value => value?.StartsWith(name, StringComparison.Ordinal) is true) is { } written
            ? KeyOf(options.TicketDataFormat.Unprotect(Uri.UnescapeDataString(written[name.Length..].Split(';')[0]), TlsBinding(context)))
            : null;
    }

    /// <summary>Reads the session itself, from the cookie or from the store.</summary>
    public static async Task<AuthenticationTicket?> ReadSessionAsync(HttpContext context, CookieAuthenticationOptions options)
        => options.SessionStore is null ? ReadTicket(context, options) : await RetrieveAsync(context, options, ReadKey(context, options));

    /// <summary>Protects a ticket as the cookie handler does.</summary>
    public static string Protect(HttpContext context, CookieAuthenticationOptions options, AuthenticationTicket ticket)
        => options.TicketDataFormat.Protect(ticket, TlsBinding(context));

    /// <summary>Creates the ticket of a cookie that holds the key of a session store.</summary>
    public static AuthenticationTicket TicketOf(string key, string scheme, CookieAuthenticationOptions options)
    {
        var claim = new Claim(FrameworkNames.SessionIdClaim, key, ClaimValueTypes.String, options.ClaimsIssuer);
        return new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([claim], options.ClaimsIssuer)), null, scheme);
    }

    /// <summary>Returns the cookie schemes whose cookies the request carries.</summary>
    public async Task<IReadOnlyList<string>> SchemesOfRequestAsync(HttpContext context)
    {
        var cookies = OptionsOf(context);
        return [.. (await schemes.GetAllSchemesAsync())
            .Where(static scheme => IsCookie(scheme))
            .Where(scheme => cookies.Get(scheme.Name) is var options && options.CookieManager.GetRequestCookie(context, options.Cookie.Name!) is { Length: > 0 })
            .Select(static scheme => scheme.Name)];
    }

    /// <summary>Reads the sessions of ours in all cookies of the request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="skipsFailures">Whether a session whose store fails is skipped, so that another cookie's store does not prevent a sign-in.</param>
    public async Task<IReadOnlyList<RequestSession>> ReadAllAsync(HttpContext context, bool skipsFailures)
    {
        List<RequestSession>? found = null;
        if (context.Request.Cookies.Count == 0)
        {
            return [];
        }

        var cookies = OptionsOf(context);
        foreach (var scheme in await schemes.GetAllSchemesAsync())
        {
            if (IsCookie(scheme)
                && cookies.Get(scheme.Name) is var options
                && (options.SessionStore is null ? null : ReadKey(context, options)) is var key
                && await ReadAsync(options, key) is { } ticket
                && tickets.Find(ticket.Properties) is { } issued)
            {
                (found ??= []).Add(new(scheme.Name, ticket.Properties, issued, key));
            }
        }

        return found ?? (IReadOnlyList<RequestSession>)[];

        async Task<AuthenticationTicket?> ReadAsync(CookieAuthenticationOptions options, string? key)
        {
            try
            {
                return options.SessionStore is null ? ReadTicket(context, options) : await RetrieveAsync(context, options, key);
            }
            catch (Exception) when (skipsFailures)
            {
                return null;
            }
        }
    }

    private static bool IsCookie(AuthenticationScheme scheme) => typeof(CookieAuthenticationHandler).IsAssignableFrom(scheme.HandlerType);

    // Not injected: creating the cookie's options creates the events, which depend on this reader.
    private static IOptionsMonitor<CookieAuthenticationOptions> OptionsOf(HttpContext context)
        => context.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>();

    private static async Task<AuthenticationTicket?> RetrieveAsync(HttpContext context, CookieAuthenticationOptions options, string? key)
        => key is null ? null : await options.SessionStore!.RetrieveAsync(key, context, CancellationToken.None);

    // The cookie handler binds its tickets to the TLS token binding id, if the server supports it.
    private static string? TlsBinding(HttpContext context)
        => context.Features.Get<ITlsTokenBindingFeature>()?.GetProvidedTokenBindingId() is { } id ? Convert.ToBase64String(id) : null;
}

/// <summary>A session of ours in a cookie of the request.</summary>
internal readonly record struct RequestSession(string CookieScheme, AuthenticationProperties Properties, IssuedTicket Issued, string? StoreKey);
