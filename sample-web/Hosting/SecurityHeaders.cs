namespace SampleWeb.Hosting;

/// <summary>
/// Response headers that restrict the pages to what they need.
/// </summary>
internal static class SecurityHeaders
{
    // No page of this site runs a script, is framed, or posts to another origin. That the sign-in is a link and not a form matters
    // here: Chromium applies form-action to the redirects that follow a form, and Binance is not 'self'.
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private const string PermissionsPolicy = "camera=(), geolocation=(), microphone=(), payment=(), publickey-credentials-get=(), usb=()";

    /// <summary>
    /// Adds the headers to every response.
    /// </summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = PermissionsPolicy;

        // No handle for windows that open this site or that it opens; no response for other sites.
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";

        // Static files have a Cache-Control of their own. Everything else may be about one user and is not stored: after the
        // sign-out, the Back button shows no profile.
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
