using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Attacks;

/// <summary>
/// The redirects of the provider when an attacker controls the link or the headers.
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
    public async Task A_return_url_is_encoded_for_the_location_header(string returnUrl, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        // The headers as the server sends them: HttpClient would parse them.
        var request = await browser.ChallengeAsync(QueryHelpers.AddQueryString("/login", "returnUrl", returnUrl));
        var response = await site.Server.SendAsync(
            context =>
            {
                context.Request.Path = "/signin-binance";
                context.Request.QueryString = QueryString.Create("code", SiteBrowser.Code).Add("state", request.State);
                context.Request.Headers.Cookie = browser.CookieHeader("/signin-binance");
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(expected, response.Response.Headers.Location.ToString());
        Assert.DoesNotContain(response.Response.Headers.SetCookie, cookie => cookie!.StartsWith("planted", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://evil.example", null, "/denied?ReturnUrl=%2Forders")]
    [InlineData("https://site.example", "/my shop", "/my%20shop/denied?ReturnUrl=%2Forders")]
    public async Task A_forged_host_is_not_in_the_location_of_a_cancelled_sign_in(string origin, string? pathBase, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.PathBase = pathBase;
            setup.Binance = options => options.AccessDeniedPath = "/denied";
        });
        var browser = site.Browser(origin);
        var root = Uri.EscapeDataString(pathBase ?? string.Empty).Replace("%2F", "/", StringComparison.Ordinal);

        var request = await browser.ChallengeAsync(root + "/login?returnUrl=/orders");
        var response = await browser.ReturnWithQueryAsync(new() { ["state"] = request.State, ["error"] = "access_denied" }, root + "/signin-binance");

        Assert.Equal(expected, response.Location?.OriginalString);
    }

    [Fact]
    public async Task The_provider_ignores_forwarded_headers()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        using var client = new HttpClient(site.Server.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("https://site.example/login"));
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("X-Forwarded-Proto", "http");
        request.Headers.Add("X-Forwarded-Prefix", "/evil");
        request.Headers.Add("Forwarded", "host=evil.example;proto=http");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("https://site.example/signin-binance", new AuthorizeRequest(response.Headers.Location!).Query["redirect_uri"]);
    }

    [Fact]
    public async Task The_server_refuses_the_redirect_uri_of_a_forged_host()
    {
        await using var site = await TestSite.StartAsync();

        var request = await site.Browser("http://evil.example").ChallengeAsync();

        Assert.Equal("http://evil.example/signin-binance", request.Query["redirect_uri"]);
        Assert.Null(await SiteBrowser.OpenAuthorizeAsync(request.Url, userId: null));
    }

    [Fact]
    public async Task A_path_that_only_resembles_the_callback_path_exchanges_no_code()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        var below = await browser.ReturnWithCodeAsync(request, "/signin-binance/");
        var encoded = await browser.ReturnWithCodeAsync(request, "/signin-binance/%2e%2e%2fsignin-binance");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (below.Status, encoded.Status));
        Assert.Empty(binance.Requests);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task The_callback_returns_no_page_that_could_leak_its_code_in_a_referer()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var signedIn = await browser.SignInAsync();
        var refused = await browser.ReturnWithQueryAsync(new() { ["state"] = (await browser.ChallengeAsync()).State, ["error"] = "access_denied" });
        var forged = await browser.ReturnWithQueryAsync(new() { ["code"] = SiteBrowser.Code, ["state"] = "garbage" });

        foreach (var response in new[] { signedIn, refused, forged })
        {
            Assert.Equal(HttpStatusCode.Redirect, response.Status);
            Assert.Empty(response.Body);
            Assert.DoesNotContain(SiteBrowser.Code, response.Headers.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_cache_stores_a_response_that_is_for_one_browser()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var challenge = await browser.GetAsync("/login");
        var signedIn = await browser.ReturnWithCodeAsync(new AuthorizeRequest(challenge.Location!));

        Assert.True(challenge.Headers.CacheControl!.NoStore);
        Assert.True(signedIn.Headers.CacheControl!.NoStore);
    }
}
