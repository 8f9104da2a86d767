using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A request that began with tokens that are good, and that writes the session when another request has refreshed them.
/// </summary>
public sealed class OlderTokensTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_slow_request_does_not_write_older_tokens_over_newer_ones(bool renewedByApplication, bool stored)
    {
        var page = new SlowPage();
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => Configure(cookie, renewedByApplication, stored ? new MemoryTicketStore() : null);
            setup.Pages["/slow"] = page.ServeAsync;
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(54));
        var slow = await page.OpenAsync(browser);
        site.Clock.Pass(TimeSpan.FromMinutes(2));
        var newest = await browser.SessionAsync();

        page.Respond();
        browser.Receive(await slow);
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        await AssertNewestAsync(site, browser, newest.AccessToken!, refreshes: 1);
    }

    [Fact]
    public async Task Two_slow_requests_that_slide_do_not_write_older_tokens_over_newer_ones_in_either_order()
    {
        var (first, second) = (new SlowPage(), new SlowPage());
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => Configure(cookie, renewedByApplication: false, store: null);
            (setup.Pages["/first"], setup.Pages["/second"]) = (first.ServeAsync, second.ServeAsync);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(53));
        var one = await first.OpenAsync(browser, "/first");
        site.Clock.Pass(TimeSpan.FromMinutes(1));
        var two = await second.OpenAsync(browser, "/second");
        site.Clock.Pass(TimeSpan.FromMinutes(2));
        var newest = await browser.SessionAsync();

        second.Respond();
        browser.Receive(await two);
        first.Respond();
        browser.Receive(await one);
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        await AssertNewestAsync(site, browser, newest.AccessToken!, refreshes: 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sign_in_of_the_application_s_own_with_the_ticket_that_it_read_keeps_the_newer_tokens(bool stored)
    {
        var page = new SlowPage();
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.SessionStore = stored ? new MemoryTicketStore() : null;
            setup.Pages["/slow"] = async context =>
            {
                var session = await context.AuthenticateAsync();
                await page.WaitAsync();
                await context.SignInAsync(session.Principal!, session.Properties);
            };
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(54));
        var slow = await page.OpenAsync(browser);
        site.Clock.Pass(TimeSpan.FromMinutes(2));
        var newest = await browser.SessionAsync();

        page.Respond();
        browser.Receive(await slow);
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        await AssertNewestAsync(site, browser, newest.AccessToken!, refreshes: 1);
    }

    [Theory]
    [InlineData(Pending.Refresh)]
    [InlineData(Pending.Slide)]
    [InlineData(Pending.RefreshAndSlide)]
    [InlineData(Pending.Renewal)]
    public async Task The_newest_tokens_of_several_refreshes_by_a_job_are_written(Pending pending)
    {
        var page = new SlowPage();
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => pending.Configure(cookie);
            setup.Pages["/slow"] = page.ServeAsync;
        });
        var browser = await site.SignedInAsync();
        var held = (await browser.SessionAsync()).RefreshToken!;
        site.Clock.Pass(pending.Age());
        var slow = await page.OpenAsync(browser);
        var first = await site.Client.RefreshTokensAsync(held, cancellationToken: Stop);
        var second = await site.Client.RefreshTokensAsync(first.RefreshToken!, cancellationToken: Stop);

        page.Respond();
        browser.Receive(await slow);
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        await AssertNewestAsync(site, browser, second.AccessToken, refreshes: 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slow_request_does_not_write_older_tokens_over_those_of_another_process(bool renewedByApplication)
    {
        var page = new SlowPage();
        await using var farm = await Farm.StartAsync(setup =>
        {
            setup.Cookie = cookie => Configure(cookie, renewedByApplication, store: null);
            setup.Pages["/slow"] = page.ServeAsync;
        });
        var (site, browser) = (farm.First, await farm.First.SignedInAsync());
        site.Clock.Pass(TimeSpan.FromMinutes(54));
        var slow = await page.OpenAsync(browser);
        site.Clock.Pass(TimeSpan.FromMinutes(2));
        var there = browser.Copy(farm.Second);
        var newest = await there.SessionAsync();

        page.Respond();
        there.Receive(await slow);
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        await AssertNewestAsync(site, there, newest.AccessToken!, refreshes: 1);
    }

    [Fact]
    public async Task A_slow_request_that_slides_keeps_its_slide_with_the_newer_tokens()
    {
        var page = new SlowPage();
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => Configure(cookie, renewedByApplication: false, store: null);
            setup.Pages["/slow"] = page.ServeAsync;
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(54));
        var slides = site.Clock.GetUtcNow();
        var slow = await page.OpenAsync(browser);
        var newest = await site.Client.RefreshTokensAsync((await browser.Copy().SessionAsync()).RefreshToken!, cancellationToken: Stop);

        page.Respond();
        browser.Receive(await slow);

        var session = await browser.SessionAsync();
        Assert.Equal(newest.AccessToken, session.AccessToken);
        Assert.Equal(slides + TimeSpan.FromMinutes(80), session.Expires);
    }

    // The session slides, or the application renews it, in requests to the slow pages.
    private static void Configure(CookieAuthenticationOptions cookie, bool renewedByApplication, ITicketStore? store)
    {
        (cookie.ExpireTimeSpan, cookie.SlidingExpiration, cookie.SessionStore) = (TimeSpan.FromMinutes(80), !renewedByApplication, store);
        cookie.Events.OnValidatePrincipal = context =>
        {
            context.ShouldRenew = renewedByApplication && context.Request.Path == "/slow";
            return Task.CompletedTask;
        };
    }

    private static async Task AssertNewestAsync(LifetimeSite site, LifetimeBrowser browser, string newest, int refreshes)
    {
        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.Equal(newest, session.AccessToken);
        Assert.True(site.Emulator.Tokens.IsLive(newest));
        Assert.Equal(refreshes, site.RefreshCalls);
    }
}
