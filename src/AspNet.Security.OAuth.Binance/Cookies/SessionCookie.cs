using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Writes and deletes the cookie of the session that is being validated. The cookie handler's own renewal would start the session's
/// time anew, and signing in or out from here would run the application's events for something that the user did not do.
/// </summary>
internal static class SessionCookie
{
    /// <summary>Changes the stored ticket and nothing else of it: not the claims that this request may have added.</summary>
    /// <param name="context">The session.</param>
    /// <param name="change">What changes.</param>
    /// <param name="timesChange">Whether the session's times are among it.</param>
    public static async Task RewriteAsync(CookieValidatePrincipalContext context, Action<AuthenticationProperties> change, bool timesChange)
    {
        var (http, options) = (context.HttpContext, context.Options);
        if (Read(http, options) is not { } ticket)
        {
            // Nothing that the cookie manager shows us is this session. The handler's own renewal is then the only way left.
            context.ShouldRenew = true;
            return;
        }

        var properties = ticket.Properties;
        if (options.SessionStore is { } store)
        {
            if (SessionKey(ticket) is not { } key || await store.RetrieveAsync(key, http, http.RequestAborted) is not { } stored)
            {
                return;
            }

            properties = stored.Properties;
            change(properties);
            await store.RenewAsync(key, stored, http, CancellationToken.None);

            // The cookie holds the key alone, and how long the browser keeps it.
            if (!timesChange)
            {
                return;
            }
        }
        else
        {
            change(properties);
        }

        var cookie = options.Cookie.Build(http);
        cookie.Expires = properties.IsPersistent ? properties.ExpiresUtc?.ToUniversalTime() : null;
        options.CookieManager.AppendResponseCookie(http, options.Cookie.Name!, options.TicketDataFormat.Protect(ticket, TlsBinding(http)), cookie);
        PreventCaching(http.Response.Headers);
        CookieRequest.Of(http).Written.Add(context.Scheme.Name);
    }

    /// <summary>
    /// Checks once more when the response starts, which may be long after this: a session that was signed out meanwhile must not get
    /// its cookie back.
    /// </summary>
    public static void DeleteAtTheEndIf(CookieValidatePrincipalContext context, Func<AuthenticationProperties, bool> isEnded)
        => context.Response.OnStarting(
            () => CookieRequest.Find(context.HttpContext)?.Written.Contains(context.Scheme.Name) is true && isEnded(context.Properties)
                ? DeleteAsync(context)
                : Task.CompletedTask);

    /// <summary>The application signs in or out in this request: the cookie of the response is no longer ours.</summary>
    public static void Leave(HttpContext http, string scheme) => CookieRequest.Find(http)?.Written.Remove(scheme);

    public static async Task DeleteAsync(CookieValidatePrincipalContext context)
    {
        var (http, options) = (context.HttpContext, context.Options);
        if (options.SessionStore is { } store && Read(http, options) is { } ticket && SessionKey(ticket) is { } key)
        {
            await store.RemoveAsync(key, http, CancellationToken.None);
        }

        if (!http.Response.HasStarted)
        {
            options.CookieManager.DeleteCookie(http, options.Cookie.Name!, options.Cookie.Build(http));
            PreventCaching(http.Response.Headers);
        }
    }

    /// <summary>The session store's key in the cookie that the browser brought.</summary>
    public static string? SessionKey(HttpContext http, CookieAuthenticationOptions options)
        => Read(http, options) is { } ticket ? SessionKey(ticket) : null;

    /// <summary>Writes a cookie that holds a session store's key, as the cookie handler does.</summary>
    public static void WriteKey(HttpContext http, CookieAuthenticationOptions options, string scheme, string key, CookieOptions cookie)
    {
        var claim = new Claim(FrameworkNames.SessionIdClaim, key, ClaimValueTypes.String, options.ClaimsIssuer);
        var ticket = new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([claim], options.ClaimsIssuer)), null, scheme);
        options.CookieManager.AppendResponseCookie(http, options.Cookie.Name!, options.TicketDataFormat.Protect(ticket, TlsBinding(http)), cookie);
    }

    private static AuthenticationTicket? Read(HttpContext http, CookieAuthenticationOptions options)
        => options.TicketDataFormat.Unprotect(options.CookieManager.GetRequestCookie(http, options.Cookie.Name!), TlsBinding(http));

    private static string? SessionKey(AuthenticationTicket ticket) => ticket.Principal.FindFirstValue(FrameworkNames.SessionIdClaim);

    // The cookie handler binds its tickets to the TLS connection where the server knows such a binding.
    private static string? TlsBinding(HttpContext http)
        => http.Features.Get<ITlsTokenBindingFeature>()?.GetProvidedTokenBindingId() is { } id ? Convert.ToBase64String(id) : null;

    // A shared cache that stores the response would give this session's cookie to others.
    private static void PreventCaching(IHeaderDictionary headers)
    {
        headers.CacheControl = "no-cache,no-store";
        headers.Pragma = "no-cache";
        headers.Expires = "Thu, 01 Jan 1970 00:00:00 GMT";
    }
}
