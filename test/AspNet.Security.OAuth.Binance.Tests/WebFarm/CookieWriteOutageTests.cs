using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.WebFarm;

/// <summary>
/// Before a cookie is written, the cache is read for an end of the session at another process. While the cache is unavailable, new tokens are
/// written, because they would be lost otherwise; a slide and a renewal are postponed.
/// </summary>
public sealed class CookieWriteOutageTests
{
    // The tokens are due from 55 minutes on, the cookie slides after 40.
    private static readonly TimeSpan _cookieLife = TimeSpan.FromMinutes(80);

    public static TheoryData<StoreOutage> Outages => [StoreOutage.CacheThrows, StoreOutage.CacheHangs];

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Outages))]
    public async Task New_tokens_are_written_while_the_cache_is_unavailable(StoreOutage outage)
    {
        var slow = new SlowPage();
        await using var farm = await Farm.StartAsync(setup => setup.Pages["/slow"] = slow.ServeAsync);
        var (site, browser) = (farm.First, await farm.First.SignedInAsync());
        var old = (await browser.SessionAsync()).AccessToken;

        var response = await RespondDuringAsync(farm, outage, browser, slow);

        Assert.NotNull(response.SessionCookie);
        farm.Recover();
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        var session = await browser.SessionAsync();
        Assert.NotEqual(old, session.AccessToken);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Outages))]
    public async Task Slide_is_postponed_until_the_cache_is_available(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync(setup => setup.Cookie = cookie => cookie.ExpireTimeSpan = _cookieLife);
        var (site, browser) = (farm.First, await farm.First.SignedInAsync());
        var before = await browser.SessionAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(45));
        farm.Begin(outage);

        var page = browser.SendAsync("/session");
        await site.Clock.PassUpToAsync(page, StoreOutages.Hang);

        Assert.True((await page).Session.SignedIn);
        Assert.Null((await page).SessionCookie);
        farm.Recover();
        site.Clock.Pass(StoreOutages.Hang + StoreOutages.Pause);
        Assert.NotNull((await browser.GetAsync("/session")).SessionCookie);
        Assert.True((await browser.SessionAsync()).Expires > before.Expires);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Outages))]
    public async Task Renewal_by_the_application_is_postponed_until_the_cache_is_available(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = context =>
        {
            ((ClaimsIdentity)context.Principal!.Identity!).AddClaim(new("changed", "yes"));
            context.ShouldRenew = true;
            return Task.CompletedTask;
        });
        var (site, browser) = (farm.First, await farm.First.SignedInAsync());
        farm.Begin(outage);

        var page = browser.SendAsync("/session");
        await site.Clock.PassUpToAsync(page, StoreOutages.Hang);

        Assert.Equal("yes", (await page).Session.Claim("changed"));
        Assert.Null((await page).SessionCookie);
        farm.Recover();
        site.Clock.Pass(StoreOutages.Hang + StoreOutages.Pause);
        Assert.NotNull((await browser.GetAsync("/session")).SessionCookie);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Outages))]
    public Task Slide_with_new_tokens_is_written_while_the_cache_is_unavailable(StoreOutage outage)
        => AssertWritesNewTokensAsync(outage, static cookie => cookie.ExpireTimeSpan = _cookieLife);

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Outages))]
    public Task Renewal_with_new_tokens_is_written_while_the_cache_is_unavailable(StoreOutage outage)
        => AssertWritesNewTokensAsync(outage, static cookie => Pending.Renewal.Configure(cookie));

    [Theory(Timeout = 40_000)]
    [InlineData("/session")]
    [InlineData("/")]
    [InlineData("/members")]
    public async Task Request_whose_tokens_are_not_due_sends_no_command(string path)
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.SignedInAsync();
        farm.First.Clock.Pass(TimeSpan.FromMinutes(54));
        var (commands, locks) = (farm.Store.Commands.Count, farm.Locks.Count(LockCommand.Create));

        await browser.GetAsync(path);
        await browser.Copy(farm.Second).GetAsync(path);

        Assert.Equal((commands, locks), (farm.Store.Commands.Count, farm.Locks.Count(LockCommand.Create)));
    }

    // The response of a page whose tokens are due. The outage begins while the page waits.
    private static async Task AssertWritesNewTokensAsync(StoreOutage outage, Action<CookieAuthenticationOptions> configure)
    {
        var slow = new SlowPage();
        await using var farm = await Farm.StartAsync(setup =>
        {
            setup.Cookie = configure;
            setup.Pages["/slow"] = slow.ServeAsync;
        });
        var (site, browser) = (farm.First, await farm.First.SignedInAsync());
        var before = await browser.SessionAsync();

        await RespondDuringAsync(farm, outage, browser, slow);

        farm.Recover();
        var session = await browser.SessionAsync();
        Assert.True(session.Expires > before.Expires);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    private static async Task<SiteResponse> RespondDuringAsync(Farm farm, StoreOutage outage, SiteBrowser browser, SlowPage slow)
    {
        farm.First.Clock.Pass(StoreOutages.DueAge);
        var page = await slow.OpenAsync(browser);
        farm.Begin(outage);

        slow.Respond();
        await farm.First.Clock.PassUpToAsync(page, StoreOutages.Hang);
        return browser.Receive(await page);
    }
}
