using System.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// The web application firewall in front of Binance (W8): it responds with a challenge for browsers, or with a page, and that says
/// nothing about a code or a token.
/// </summary>
internal static class Firewall
{
    public const string Reason = "the response is that of a firewall or a proxy";

    private const string Header = "x-amzn-waf-action";

    /// <summary>Returns a value indicating whether the firewall names itself.</summary>
    public static bool IsIn(HttpResponseHeaders headers) => headers.Contains(Header);

    /// <summary>Returns a value indicating whether the response says that it is a page. The page of a redirect is part of the redirect.</summary>
    public static bool IsHtml(HttpResponseMessage response)
        => !IsRedirect(response) && response.Content.Headers.ContentType?.MediaType is { } type
            && (type.Equals("text/html", StringComparison.OrdinalIgnoreCase) || type.Equals("application/xhtml+xml", StringComparison.OrdinalIgnoreCase));

    /// <summary>Returns a value indicating whether the body begins as a page does.</summary>
    public static bool IsMarkup(HttpResponseMessage response, Stream body)
    {
        if (IsRedirect(response))
        {
            return false;
        }

        body.Position = 0;
        int first;
        do
        {
            first = body.ReadByte();
        }
        while (first is ' ' or '\t' or '\r' or '\n' or 0xEF or 0xBB or 0xBF);
        return first is '<';
    }

    private static bool IsRedirect(HttpResponseMessage response) => (int)response.StatusCode is >= 300 and <= 399;
}
