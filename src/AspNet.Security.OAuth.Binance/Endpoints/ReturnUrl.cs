using AspNet.Security.OAuth.Binance.Callback;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AspNet.Security.OAuth.Binance.Endpoints;

/// <summary>
/// The URL to redirect to afterwards. Anybody can make a link with a return URL: one to another site would be an open redirect (RFC 9700 section 4.11.1).
/// </summary>
internal static class ReturnUrl
{
    // The length of the escaped URL, which becomes a part of the state and thereby of the authorize URL.
    private const int Longest = 2048;

    /// <summary>Returns the first URL that stays on the site, or the site's start page.</summary>
    public static string Of(HttpContext context, params ReadOnlySpan<string?> urls)
    {
        var home = context.Request.PathBase.ToUriComponent();
        foreach (var url in urls)
        {
            // A tilde stands for the application's path base.
            if (RedirectHttpResult.IsLocalUrl(url) && LocalUrl.Encode(url[0] is '~' ? LocalUrl.Of(home + url[1..]) : url) is { Length: <= Longest } local)
            {
                return local;
            }
        }

        return LocalUrl.Of(home + "/");
    }
}
