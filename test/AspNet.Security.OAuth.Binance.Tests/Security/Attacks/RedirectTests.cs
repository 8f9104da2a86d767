using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Attacks;

/// <summary>
/// Where the provider sends a browser, when an attacker writes the link or the headers.
/// </summary>
public sealed class RedirectTests
{
    [Theory]
    [InlineData("/ü?x=ö#ä", "/%C3%BC?x=%C3%B6#%C3%A4")]
    [InlineData("/a%20b?c=%C3%BC", "/a%20b?c=%C3%BC")]
    [InlineData("/x\r\nSet-Cookie: planted=1", "/x%0D%0ASet-Cookie: planted=1")]
    [InlineData("/\0\u007f\u2028", "/%00%7F%E2%80%A8")]
    [InlineData("/😀", "/%F0%9F%98%80")]
    [InlineData("/／／evil.example", "/%EF%BC%8F%EF%BC%8Fevil.example")]
    public async Task A_return_url_is_written_as_a_header_can_hold_it(string returnUrl, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        // The headers as the server would send them: a client has its own ideas of what they mean.
        var request = await browser.ChallengeAsync(QueryHelpers.AddQueryString("/login", "returnUrl", returnUrl));
        var answer = await site.Server.SendAsync(
            context =>
            {
                context.Request.Path = "/signin-binance";
                context.Request.QueryString = QueryString.Create("code", SiteBrowser.Code).Add("state", request.State);
                context.Request.Headers.Cookie = browser.CookieHeader("/signin-binance");
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.Response.Headers.Location.ToString());
        Assert.DoesNotContain(answer.Response.Headers.SetCookie, cookie => cookie!.StartsWith("planted", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://evil.example", null, "/denied?ReturnUrl=%2Forders")]
    [InlineData("https://site.example", "/my shop", "/my%20shop/denied?ReturnUrl=%2Forders")]
    public async Task A_forged_host_does_not_become_the_location_of_a_refusal(string origin, string? pathBase, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.PathBase = pathBase;
            setup.Binance = options => options.AccessDeniedPath = "/denied";
        });
        var browser = new SiteBrowser(site, origin);
        var root = Uri.EscapeDataString(pathBase ?? string.Empty).Replace("%2F", "/", StringComparison.Ordinal);

        var request = await browser.ChallengeAsync(root + "/login?returnUrl=/orders");
        using var answer = await browser.ComeBackAsync(new() { ["state"] = request.State, ["error"] = "access_denied" }, root + "/signin-binance");

        Assert.Equal(expected, answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Forwarded_headers_are_not_the_provider_s_to_believe()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        using var client = new HttpClient(site.Server.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("https://site.example/login"));
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("X-Forwarded-Proto", "http");
        request.Headers.Add("X-Forwarded-Prefix", "/evil");
        request.Headers.Add("Forwarded", "host=evil.example;proto=http");

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("https://site.example/signin-binance", new AuthorizeRequest(answer.Headers.Location!).Query["redirect_uri"]);
    }

    [Fact]
    public async Task A_forged_host_makes_a_redirect_uri_that_the_server_never_sends_anybody_to()
    {
        await using var site = await EmulatedSite.StartAsync();

        var request = await new SiteBrowser(site.Site, "http://evil.example").ChallengeAsync();

        Assert.Equal("http://evil.example/signin-binance", request.Query["redirect_uri"]);
        Assert.Null(await site.AuthorizeAsync(request.Url));
    }

    [Fact]
    public async Task A_callback_below_another_path_is_exchanged_with_the_registered_redirect_uri_only()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        var request = await browser.ChallengeAsync();
        using var slash = await browser.ComeBackWithCodeAsync(request, "/signin-binance/");
        using var dots = await browser.ComeBackWithCodeAsync(request, "/signin-binance/%2e%2e%2fsignin-binance");

        Assert.Empty(binance.Requests);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task The_callback_shows_no_page_whose_links_could_carry_its_code_away()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        using var signedIn = await browser.SignInAsync();
        using var refused = await browser.ComeBackAsync(new() { ["state"] = (await browser.ChallengeAsync()).State, ["error"] = "access_denied" });
        using var forged = await browser.ComeBackAsync(new() { ["code"] = SiteBrowser.Code, ["state"] = "garbage" });

        foreach (var answer in new[] { signedIn, refused, forged })
        {
            Assert.Equal(System.Net.HttpStatusCode.Redirect, answer.StatusCode);
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            Assert.DoesNotContain(SiteBrowser.Code, answer.Headers.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_cache_keeps_what_belongs_to_one_browser()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        using var challenge = await browser.GetAsync("/login");
        using var signedIn = await browser.ComeBackWithCodeAsync(new AuthorizeRequest(challenge.Headers.Location!));

        Assert.True(challenge.Headers.CacheControl!.NoStore);
        Assert.True(signedIn.Headers.CacheControl!.NoStore);
    }
}
