using System.Net;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A browser that loads a page ahead of a visit throws the response away, or shows it later: it must not spend the code.
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
    public async Task A_prefetch_spends_nothing_and_the_visit_signs_in(string name, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");

        using var prefetch = await browser.GetAsync(SiteBrowser.CallbackOf(request), (name, value));
        Assert.Empty(binance.Requests);
        using var visit = await browser.ComeBackWithCodeAsync(request);

        AssertRefused(prefetch);
        Assert.Empty(site.Failures);
        Assert.Equal("/orders", visit.Headers.Location?.OriginalString);
        Assert.Single(binance.TokenRequests);
        Assert.Equal(Answers.UserId, (await browser.SessionAsync()).UserId);
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task A_prefetch_of_a_refusal_leaves_it_to_the_visit(string name, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");
        var callback = "/signin-binance?error=access_denied&state=" + Uri.EscapeDataString(request.State);

        using var prefetch = await browser.GetAsync(callback, (name, value));
        using var visit = await browser.GetAsync(callback);

        AssertRefused(prefetch);
        Assert.Equal("/failed?failure=access_denied&returnUrl=%2Forders", visit.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_prefetch_leaves_the_session_alone()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromMinutes(10));
        var browser = new SiteBrowser(site);
        using var signedIn = await browser.SignInAsync();
        var request = await browser.ChallengeAsync();
        site.Time.Advance(TimeSpan.FromMinutes(8));
        var before = browser.CookieHeader("/signin-binance");

        using var prefetch = await browser.GetAsync(SiteBrowser.CallbackOf(request), ("Sec-Purpose", "prefetch"));

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
    public async Task A_visit_with_another_purpose_signs_in(string name, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        using var visit = await browser.GetAsync(SiteBrowser.CallbackOf(await browser.ChallengeAsync()), (name, value));

        Assert.Equal(HttpStatusCode.Redirect, visit.StatusCode);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    internal static void AssertRefused(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Null(response.Headers.Location);
    }
}
