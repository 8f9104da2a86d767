using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Sample;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Attacks;

/// <summary>
/// Links to the sample with a foreign return URL, on Kestrel, which refuses headers that the in-memory server accepts.
/// </summary>
public sealed class SampleRedirectTests(SampleRedirectTests.Kestrel kestrel) : IClassFixture<SampleRedirectTests.Kestrel>
{
    public static TheoryData<string> ReturnUrls =>
    [
        "https://evil.example", "HTTPS:evil.example", "http:/evil.example", "//evil.example", "///evil.example", "/\\evil.example",
        "\\\\evil.example", "\\/evil.example", "/\t/evil.example", "\t//evil.example", " //evil.example", "/\r\n/evil.example",
        "/\r\nLocation: https://evil.example", "/\0/evil.example", "/%2Fevil.example", "/%5Cevil.example", "%2F%2Fevil.example",
        "/%252F%252Fevil.example", "/..//evil.example", "/.//evil.example", "~//evil.example", "~/\\evil.example", "//evil.example:80@localhost",
        "/@evil.example", "@evil.example", "evil.example", "?//evil.example", "#//evil.example", "javascript:alert(1)", "data:text/html,x",
        "／／evil.example", "/／evil.example", "/ü", "/\u2028/evil.example", "/\ud83d\ude00", "/account/login?returnUrl=//evil.example",
    ];

    [Theory]
    [MemberData(nameof(ReturnUrls))]
    public async Task A_return_url_redirects_to_this_site_only(string returnUrl)
    {
        using var visitor = new SampleVisitor(kestrel.Sample);
        var login = "/account/login?returnUrl=" + Uri.EscapeDataString(returnUrl);

        using var afterSignIn = await visitor.SignInAsync(login);
        using var signedInAlready = await visitor.GetAsync(login);

        Assert.All([afterSignIn, signedInAlready], response =>
        {
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
            Assert.Matches(@"^/(?![/\\])[\x21-\x7E]*$", response.Headers.Location!.OriginalString);
        });
        var (denied, failed) = (await visitor.GetTextAsync("/account/denied?returnUrl=" + Uri.EscapeDataString(returnUrl)),
            await visitor.GetTextAsync("/account/failed?returnUrl=" + Uri.EscapeDataString(returnUrl)));
        Assert.All([denied, failed], page => Assert.DoesNotMatch("href=\"(?!/[^/\\\\]|/\"|#content\"|http://127\\.0\\.0\\.1:)", page));
    }

    [Theory]
    [InlineData("query")]
    [InlineData("cookie")]
    public async Task A_callback_that_is_too_long_is_refused_and_other_users_are_served(string where)
    {
        using var visitor = new SampleVisitor(kestrel.Sample);
        using var attacker = kestrel.Sample.CreateBrowser();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/signin-binance?state=" + (where == "query" ? new string('x', 60_000) : "x"));
        request.Headers.Add("Cookie", "a=" + (where == "cookie" ? new string('x', 60_000) : "x"));

        using var response = await attacker.SendAsync(request, TestContext.Current.CancellationToken);
        using var signedIn = await visitor.SignInAsync();

        Assert.InRange((int)response.StatusCode, 400, 499);
        Assert.Equal("/", signedIn.Headers.Location?.OriginalString);
    }
    /// <summary>One site for all of them. Each has a browser of its own.</summary>
    public sealed class Kestrel : IAsyncDisposable
    {
        public SampleFactory Sample { get; } = SampleFactory.StartOnKestrel();

        public ValueTask DisposeAsync() => Sample.DisposeAsync();
    }
}
