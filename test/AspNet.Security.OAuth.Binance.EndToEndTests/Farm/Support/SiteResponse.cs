using System.Net;
using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// The response of a site.
/// </summary>
internal sealed record SiteResponse(HttpStatusCode Status, string Body, Uri? Location, IReadOnlyList<(string Name, string Value)> SetCookies)
{
    /// <summary>The value of <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The time from the request to the response.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>The session cookie that it set: <see langword="null"/> if none, empty if it deleted it.</summary>
    public string? Session => SetCookies.LastOrDefault(cookie => cookie.Name == FarmBrowser.SessionCookie).Value;

    /// <summary>The user in a response of <c>/api/me</c>.</summary>
    public string? ReadUserId() => JsonDocument.Parse(Body).RootElement.GetProperty("userId").GetString();
}
