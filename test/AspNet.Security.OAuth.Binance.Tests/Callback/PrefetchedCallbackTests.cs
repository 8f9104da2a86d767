using System.Net;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A browser that prefetches a page discards the response, or shows it later: a prefetch must not use the code.
/// </summary>
public sealed class PrefetchedCallbackTests
{
    public static TheoryData<string, string> Headers => new()
    {
        { "Sec-Purpose", "prefetch" },
        { "Sec-Purpose", "prefetch;prerender" },
        { "Sec-Purpose", "prefetch; prerender" },
        { "Sec-Purpose", "prefetch;anonymous-client-ip" },
        { "Purpose", "prefetch" },
        { "Purpose", "preview" },
        { "X-Purpose", "preview" },
        { "X-Moz", "prefetch" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task A_prefetch_does_not_use_the_code_and_the_visit_signs_in(string name, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");

        var prefetch = await browser.GetAsync(SiteBrowser.CallbackOf(request), (name, value));
        Assert.Empty(binance.Requests);
        var visit = await browser.ReturnWithCodeAsync(request);

        AssertRefused(prefetch);
        Assert.Empty(site.Failures);
        Assert.Equal("/orders", visit.Location?.OriginalString);
        Assert.Single(binance.TokenRequests);
        Assert.Equal(Responses.UserId, (await browser.SessionAsync()).UserId);
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task A_prefetched_error_is_handled_by_the_visit(string name, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");
        var callback = "/signin-binance?error=access_denied&state=" + Uri.EscapeDataString(request.State);

        var prefetch = await browser.GetAsync(callback, (name, value));
        var visit = await browser.GetAsync(callback);

        AssertRefused(prefetch);
        Assert.Equal("/failed?failure=access_denied&returnUrl=%2Forders", visit.Location?.OriginalString);
    }

    [Fact]
    public async Task A_prefetch_does_not_change_the_session()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromMinutes(10));
        var browser = site.Browser();
        await browser.SignInAsync();
        var request = await browser.ChallengeAsync();
        site.Clock.Advance(TimeSpan.FromMinutes(8));
        var before = browser.CookieHeader("/signin-binance");

        var prefetch = await browser.GetAsync(SiteBrowser.CallbackOf(request), ("Sec-Purpose", "prefetch"));

        AssertRefused(prefetch);
        Assert.Equal(before, browser.CookieHeader("/signin-binance"));
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData("Sec-Purpose", "")]
    [InlineData("Sec-Purpose", "another")]
    [InlineData("Purpose", "not-prefetch")]
    [InlineData("X-Moz", "another")]
    [InlineData("Sec-Fetch-Dest", "document")]
    public async Task A_visit_with_another_value_of_the_header_signs_in(string name, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var visit = await browser.GetAsync(SiteBrowser.CallbackOf(await browser.ChallengeAsync()), (name, value));

        Assert.Equal(HttpStatusCode.Redirect, visit.Status);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    internal static void AssertRefused(SiteResponse response)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Null(response.Location);
    }
}
