namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// The web application firewall in front of Binance (W8): it responds with a challenge for browsers, or with a page, which says
/// nothing about a code or a token.
/// </summary>
internal static class Firewall
{
    private const string Header = "x-amzn-waf-action";

    /// <summary>Returns a value indicating whether a response has the firewall's header.</summary>
    public static bool IsIn(HttpResponseMessage response) => response.Headers.Contains(Header);

    /// <summary>
    /// Returns a value indicating whether a response that is not a JSON object comes from the firewall, or is a page. The page of a redirect does
    /// not count.
    /// </summary>
    public static bool IsPage(HttpResponseMessage response, ReadOnlySpan<byte> body)
        => IsIn(response) || ((int)response.StatusCode is not (>= 300 and <= 399) && (IsHtml(response.Content) || body.TrimStart(" \t\r\n"u8) is [(byte)'<', ..]));

    private static bool IsHtml(HttpContent content)
        => content.Headers.ContentType?.MediaType is { } type
            && (type.Equals("text/html", StringComparison.OrdinalIgnoreCase) || type.Equals("application/xhtml+xml", StringComparison.OrdinalIgnoreCase));
}
