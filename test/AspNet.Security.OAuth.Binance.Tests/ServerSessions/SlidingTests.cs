using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A session that slides: only a cookie with an expiry is written again.
/// </summary>
public sealed class SlidingTests
{
    private static readonly TimeSpan _life = TimeSpan.FromDays(14);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slide_does_not_write_a_session_cookie(bool withRefresh)
    {
        await using var site = await StartAsync(withRefresh);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromDays(8));

        var response = await browser.GetAsync("/session");

        Assert.Empty(response.SetCookies);
        await AssertHasSlidAsync(site, browser, withRefresh);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slide_writes_a_persistent_cookie_once_with_its_new_end(bool withRefresh)
    {
        await using var site = await StartAsync(withRefresh, setup => setup.Persist());
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromDays(8));

        var response = await browser.GetAsync("/session");

        var cookie = Assert.Single(response.SetCookies);
        Assert.Equal(SiteResponse.CookieName, cookie.Name.Value);
        Assert.Equal(site.Clock.GetUtcNow() + _life, cookie.Expires);
        await AssertHasSlidAsync(site, browser, withRefresh);
        Assert.Empty((await browser.GetAsync("/session")).SetCookies);
    }

    [Fact]
    public async Task A_slide_writes_a_cookie_with_a_max_age_once()
    {
        await using var site = await StartAsync(withRefresh: false, setup => setup.Cookie = cookie => cookie.Cookie.MaxAge = TimeSpan.FromDays(20));
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromDays(8));

        var response = await browser.GetAsync("/session");

        Assert.Equal(TimeSpan.FromDays(20), Assert.Single(response.SetCookies).MaxAge);
        await AssertHasSlidAsync(site, browser, withRefresh: false);
    }

    [Fact]
    public async Task A_slide_keeps_the_key()
    {
        await using var site = await StartAsync(withRefresh: false, setup => setup.Persist());
        var browser = await site.SignedInAsync();
        var (before, old) = (await browser.IdAsync(), browser.Copy());
        site.Clock.Pass(TimeSpan.FromDays(8));

        await browser.GetAsync("/session");

        Assert.Equal(before, await browser.IdAsync());
        Assert.True((await old.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Concurrent_requests_that_slide_are_signed_in_and_refresh_once()
    {
        await using var site = await StartAsync(withRefresh: true);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromDays(8));

        var responses = await browser.SendManyAsync(50);

        Assert.All(responses, response => Assert.True(response.Session.SignedIn));
        Assert.All(responses, response => Assert.Empty(response.SetCookies));
        await AssertHasSlidAsync(site, browser, withRefresh: true);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_session_without_sliding_ends_at_its_time()
    {
        await using var site = await StartAsync(withRefresh: true, setup => setup.Cookie = cookie => cookie.SlidingExpiration = false);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromDays(13));
        Assert.True((await browser.SessionAsync()).SignedIn);

        site.Clock.Pass(TimeSpan.FromDays(1));

        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    private static Task<TestSite> StartAsync(bool withRefresh, Action<SiteSetup>? configure = null) => ServerSite.StartAsync(setup =>
    {
        setup.Binance = options => options.AutomaticRefresh = withRefresh;
        configure?.Invoke(setup);
    });

    private static async Task AssertHasSlidAsync(TestSite site, SiteBrowser browser, bool withRefresh)
    {
        var session = await browser.SessionAsync();
        Assert.Equal(site.Clock.GetUtcNow() + _life, session.Expires);
        Assert.Equal(_life, site.Store().TicketWrites()[^1].Life);
        Assert.Equal(withRefresh, site.Emulator.Tokens.IsLive(session.AccessToken!));
    }
}
