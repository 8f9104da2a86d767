using System.Net;
using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// What a site answered.
/// </summary>
internal sealed record Answer(HttpStatusCode Status, string Body, Uri? Location, IReadOnlyList<(string Name, string Value)> SetCookies)
{
    /// <summary>After how long the browser may try again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How long the browser waited for it.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>The session cookie that it set: <see langword="null"/> if none, empty if it deleted it.</summary>
    public string? Session => SetCookies.LastOrDefault(cookie => cookie.Name == Visitor.SessionCookie).Value;

    /// <summary>Whom <c>/api/me</c> knows.</summary>
    public string? ReadUserId() => JsonDocument.Parse(Body).RootElement.GetProperty("userId").GetString();
}
