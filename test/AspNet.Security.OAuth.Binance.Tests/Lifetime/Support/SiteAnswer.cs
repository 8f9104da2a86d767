using System.Net;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// An answer on its way to the browser.
/// </summary>
internal sealed record SiteAnswer(HttpStatusCode Status, Uri? Location, IReadOnlyList<SetCookieHeaderValue> SetCookies, string Body)
{
    public const string CookieName = ".AspNetCore.Cookies";

    /// <summary>What the answer does last to the session's cookie, or <see langword="null"/> if it leaves it alone.</summary>
    public SetCookieHeaderValue? SessionCookie => SetCookies.LastOrDefault(cookie => cookie.Name.Value == CookieName);

    /// <summary>Whether the answer deletes the session's cookie, and does nothing else to it.</summary>
    public bool DeletesSessionCookie
        => SetCookies.Where(cookie => cookie.Name.Value == CookieName).ToArray() is [var only] && only.Value.Length == 0 && only.Expires == DateTimeOffset.UnixEpoch;

    public CacheControlHeaderValue CacheControl { get; private init; } = new();

    public TimeSpan? RetryAfter { get; private init; }

    public string? ContentType { get; private init; }

    /// <summary>What the session page wrote.</summary>
    public SessionView Session => JsonSerializer.Deserialize<SessionView>(Body, JsonSerializerOptions.Web)!;

    public static async Task<SiteAnswer> ReadAsync(HttpResponseMessage response) => new(
        response.StatusCode,
        response.Headers.Location,
        response.Headers.TryGetValues("Set-Cookie", out var cookies) ? [.. SetCookieHeaderValue.ParseList([.. cookies])] : [],
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
    {
        CacheControl = CacheControlHeaderValue.TryParse(response.Headers.CacheControl?.ToString(), out var control) ? control : new(),
        RetryAfter = response.Headers.RetryAfter?.Delta,
        ContentType = response.Content.Headers.ContentType?.MediaType,
    };
}
