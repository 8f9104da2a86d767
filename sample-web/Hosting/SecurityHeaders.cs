namespace SampleWeb.Hosting;

/// <summary>
/// Response headers that take away what these pages do not need.
/// </summary>
internal static class SecurityHeaders
{
    // No page of this site runs a script, is framed, or posts to anybody else. That the sign-in is a link and not a form matters
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

        // A window that opened this site, or that it opens, gets no handle on it; no other site can take in what it answers.
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";

        // Whatever does not say otherwise, as static files do, belongs to one person and is stored nowhere:
        // after signing out, the Back button shows no profile.
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
