using System.Globalization;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Loopback;

/// <summary>
/// The bytes of an HTTP response. It contains no text from a request.
/// </summary>
internal sealed class Response
{
    private Response(string status, string headers = "", string body = "")
    {
        var content = Encoding.UTF8.GetBytes(body);
        var head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status}\r\n{headers}Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n"));
        Bytes = (byte[])[.. head, .. content];
    }

    // Without a body, so that the browser shows its own page for the status.
    public static Response BadRequest { get; } = new("400 Bad Request");

    public static Response NotFound { get; } = new("404 Not Found");

    public static Response HeadTooLarge { get; } = new("431 Request Header Fields Too Large");

    public static Response Unavailable { get; } = new("503 Service Unavailable");

    public ReadOnlyMemory<byte> Bytes { get; }

    public static Response Redirect(Uri location) => new("303 See Other", $"Location: {location.AbsoluteUri}\r\n");

    /// <summary>Creates the response with a page.</summary>
    /// <param name="status">The status code and its reason.</param>
    /// <param name="language">The language of the page.</param>
    /// <param name="policy">The content security policy.</param>
    /// <param name="html">The page.</param>
    public static Response Html(string status, string language, string policy, string html)
        => new(status, $"Content-Type: text/html; charset=utf-8\r\nContent-Language: {language}\r\nContent-Security-Policy: {policy}\r\n", html);
}
