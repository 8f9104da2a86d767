using AspNet.Security.OAuth.Binance.Emulator;

namespace SampleSpa.Hosting;

/// <summary>
/// Response headers that restrict the pages to what they need.
/// </summary>
internal static class SecurityHeaders
{
    // No script makes markup of a string, so that Trusted Types need no policy. That the sign-in is a link and not a form
    // matters here: Chromium applies form-action to the redirects that follow a form, and Binance is not 'self'.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private const string PermissionsPolicy = "camera=(), geolocation=(), microphone=(), payment=(), publickey-credentials-get=(), usb=()";

    /// <summary>
    /// Adds the headers to every response. The browser flow alone may call the authorization server.
    /// </summary>
    public static void UseSecurityHeaders(this WebApplication app, BinanceEmulator? emulator)
    {
        var browserFlow = emulator is null
            ? ContentSecurityPolicy
            : ContentSecurityPolicy.Replace("connect-src 'self'", $"connect-src 'self' {emulator.BaseAddress.GetLeftPart(UriPartial.Authority)}", StringComparison.Ordinal);

        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            var isBrowserFlow = context.Request.Path.StartsWithSegments("/browser-flow");
            headers.ContentSecurityPolicy = isBrowserFlow ? browserFlow : ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";

            // The address of the browser flow holds a code until the script removes it.
            headers["Referrer-Policy"] = isBrowserFlow ? "no-referrer" : "same-origin";
            headers["Permissions-Policy"] = PermissionsPolicy;

            // No handle for windows that open this site or that it opens; no response for other sites.
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";

            // Static files have a Cache-Control of their own. Everything else may be about one user.
            context.Response.OnStarting(() =>
            {
                if (headers.CacheControl.Count == 0)
                {
                    headers.CacheControl = "no-store";
                }

                return Task.CompletedTask;
            });
            return next(context);
        });
    }
}
