namespace SampleWeb.Hosting;

/// <summary>
/// What this site's own cookies have in common.
/// </summary>
internal static class SiteCookies
{
    /// <summary>
    /// Names a cookie and marks it Secure, with the prefix <c>__Host-</c>, by which a browser ensures that no
    /// neighbouring subdomain may set it (RFC 6265bis section 4.1.3). In Development the site is plain http, where neither works.
    /// </summary>
    public static void Protect(this CookieBuilder cookie, string name, IHostEnvironment environment)
    {
        var https = !environment.IsDevelopment();
        cookie.Name = https ? $"__Host-{name}" : name;
        cookie.SecurePolicy = https ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        cookie.HttpOnly = true;

        // Lax and not Strict: the redirect from Binance is a cross-site navigation and has to carry the cookie.
        cookie.SameSite = SameSiteMode.Lax;
        cookie.Path = "/";
    }
}
