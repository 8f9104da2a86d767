using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

/// <summary>
/// The response to a request that no HTTP client would send.
/// </summary>
internal sealed record FuzzResponse(int Status, IHeaderDictionary Headers, string Body)
{
    private const string Parts = "chunks-";

    public string? Location => Headers.Location;

    public IList<SetCookieHeaderValue> SetCookies => SetCookieHeaderValue.ParseList([.. Headers.SetCookie.OfType<string>()]);

    /// <summary>The session cookie that the response sets, empty if it deletes one, or <see langword="null"/> if it leaves it alone.</summary>
    public string? SessionCookie => SetCookies.LastOrDefault(cookie => cookie.Name.Value == SiteResponse.CookieName)?.Value.Value;

    /// <summary>The session that the response's cookie holds, put together where it is so large that it comes in parts.</summary>
    public string? Session
    {
        get
        {
            var whole = SessionCookie is { } first && first.StartsWith(Parts, StringComparison.Ordinal)
                ? string.Concat(SetCookies.Where(cookie => cookie.Name.Value!.StartsWith(SiteResponse.CookieName + "C", StringComparison.Ordinal)).Select(cookie => cookie.Value.Value))
                : SessionCookie;
            return string.IsNullOrEmpty(whole) ? null : whole;
        }
    }

    /// <summary>What holds for every response: it is no server error, and nothing in its headers could end a line (RFC 9110 section 5.5).</summary>
    /// <param name="refusal">A server error that is meant.</param>
    public void AssertIsSound(int refusal = 0)
    {
        Assert.True(Status is >= 200 and < 500 || Status == refusal, $"The status is {Status}.");
        foreach (var (name, values) in Headers)
        {
            Assert.All(values, value => Assert.True(value!.All(c => c is >= ' ' and <= '~'), $"{name}: {OddText.Quote(value!)}"));
        }
    }
}
