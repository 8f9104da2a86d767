using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Callback;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Challenge;

/// <summary>
/// A browser that prefetches the login page follows its redirects: each of them would leave a correlation cookie.
/// </summary>
public sealed class PrefetchedChallengeTests
{
    [Theory]
    [MemberData(nameof(PrefetchedCallbackTests.Headers), MemberType = typeof(PrefetchedCallbackTests))]
    public async Task A_prefetched_login_page_starts_no_sign_in_and_the_visit_does(string name, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var prefetch = await browser.GetAsync("/login", (name, value));
        Assert.Empty(browser.Jar.Cookies);
        await browser.ReturnWithCodeAsync(await browser.ChallengeAsync());

        PrefetchedCallbackTests.AssertRefused(prefetch);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // Speculation rules: the browser prerenders a document, which is a navigation by its Fetch metadata.
    [Fact]
    public async Task A_prerendered_page_that_needs_a_user_starts_no_sign_in()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.UseEndpoints(endpoints
            => endpoints.MapGet("/orders", context => context.Response.WriteAsync("orders")).RequireAuthorization()));
        var browser = site.Browser();

        var prerender = await browser.GetAsync(
            "/orders", ("Sec-Purpose", "prefetch;prerender"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Sec-Fetch-Site", "none"));
        var visit = await browser.ReturnWithCodeAsync(await browser.ChallengeAsync("/orders"));

        PrefetchedCallbackTests.AssertRefused(prerender);
        Assert.Equal("/orders", visit.Location?.OriginalString);
    }

    // <link rel="prefetch">: by its Fetch metadata the request is a script's, too.
    [Fact]
    public async Task A_prefetched_link_starts_no_sign_in()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var prefetch = await browser.GetAsync(
            "/login", ("Sec-Purpose", "prefetch"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Site", "same-origin"));

        Assert.Contains(prefetch.Status, new[] { HttpStatusCode.ServiceUnavailable, HttpStatusCode.Unauthorized });
        Assert.True(prefetch.Headers.CacheControl?.NoStore);
        Assert.False(prefetch.Headers.Contains("Set-Cookie"));
        Assert.Null(prefetch.Location);
    }

    [Theory]
    [InlineData("Sec-Purpose", "another")]
    [InlineData("X-Moz", "another")]
    public async Task A_visit_with_another_value_of_the_header_starts_a_sign_in(string name, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var visit = await browser.GetAsync("/login", (name, value));

        Assert.Equal(HttpStatusCode.Redirect, visit.Status);
        Assert.Single(browser.Jar.Cookies);
    }
}
