using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using CacheControlHeaderValue = Microsoft.Net.Http.Headers.CacheControlHeaderValue;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Browsers;

/// <summary>
/// A response of a site, read to its end.
/// </summary>
internal sealed class SiteResponse
{
    /// <summary>The default name of the session's cookie.</summary>
    public const string CookieName = ".AspNetCore.Cookies";

    private SiteResponse(HttpResponseMessage response, string body)
    {
        (Status, Headers, ContentHeaders, Address, Body) = (response.StatusCode, response.Headers, response.Content.Headers, response.RequestMessage!.RequestUri!, body);
        SetCookieHeaders = response.Headers.TryGetValues(HeaderNames.SetCookie, out var cookies) ? [.. cookies] : [];
        SetCookies = [.. SetCookieHeaderValue.ParseList([.. SetCookieHeaders])];
    }

    public HttpStatusCode Status { get; }

    /// <summary>The address of the request.</summary>
    public Uri Address { get; }

    public Uri? Location => Headers.Location;

    /// <summary>The Location header as it was sent: an HTTP client normalizes it.</summary>
    public string? LocationHeader => Headers.NonValidated.TryGetValues(HeaderNames.Location, out var values) ? values.ToString() : null;

    public HttpResponseHeaders Headers { get; }

    public HttpContentHeaders ContentHeaders { get; }

    public string Body { get; }

    public IReadOnlyList<string> SetCookieHeaders { get; }

    public IReadOnlyList<SetCookieHeaderValue> SetCookies { get; }

    /// <summary>What the response does last to the session's cookie, or <see langword="null"/> if it leaves it alone.</summary>
    public SetCookieHeaderValue? SessionCookie => SetCookies.LastOrDefault(cookie => cookie.Name.Value == CookieName);

    /// <summary>Whether the response deletes the session's cookie, and does nothing else to it.</summary>
    public bool DeletesSessionCookie
        => SetCookies.Where(cookie => cookie.Name.Value == CookieName).ToArray() is [var only] && only.Value.Length == 0 && only.Expires == DateTimeOffset.UnixEpoch;

    public CacheControlHeaderValue CacheControl => CacheControlHeaderValue.TryParse(Headers.CacheControl?.ToString(), out var control) ? control : new();

    public TimeSpan? RetryAfter => Headers.RetryAfter?.Delta;

    public string? ContentType => ContentHeaders.ContentType?.MediaType;

    /// <summary>The session, as the session page writes it.</summary>
    public SiteSession Session => JsonSerializer.Deserialize<SiteSession>(Body, JsonSerializerOptions.Web)!;

    public static async Task<SiteResponse> ReadAsync(HttpResponseMessage response)
        => new(response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    /// <summary>A header as it was sent, or an empty text.</summary>
    public string Header(string name) => Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : "";
}
