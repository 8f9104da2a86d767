using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// <c>BinanceSessions.IsLiveAsync</c> and <c>GetId</c> of a user whose request is over.
/// </summary>
public sealed class LiveUserTests
{
    [Fact]
    public async Task A_signed_in_user_is_live_and_has_the_session_s_id()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        var user = await hub.UserAsync(browser);

        Assert.True(await IsLiveAsync(hub.Site, user));
        Assert.Equal(await browser.IdAsync(), hub.Site.Sessions().GetId(user));
        Assert.Equal(Assert.Single(await hub.Site.ListAsync()).Id, hub.Site.Sessions().GetId(user));
    }

    [Theory]
    [InlineData("one")]
    [InlineData("all")]
    [InlineData("unlisted")]
    [InlineData("tab")]
    [InlineData("refused")]
    [InlineData("over")]
    public async Task A_user_whose_session_has_ended_is_not_live(string end)
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        var (user, id) = (await hub.UserAsync(browser), await browser.IdAsync());

        switch (end)
        {
            case "one":
                await site.EndAsync(id);
                break;

            case "all":
                await site.EndAllAsync();
                break;

            case "unlisted":
                // The index misses sessions, and decides nothing.
                site.Store().Lose(ServerSite.Index);
                await site.EndAllAsync();
                break;

            case "tab":
                await browser.Copy().GetAsync("/sign-out");
                break;

            case "refused":
                site.Emulator.Tokens.RevokeAll();
                site.Clock.Pass(TestSite.TokenLifetime);
                await browser.GetAsync("/session");
                break;

            default:
                await browser.SignInAsync();
                break;
        }

        Assert.False(await IsLiveAsync(site, user));
        Assert.Equal(id, site.Sessions().GetId(user));
    }

    // A circuit does not slide the session, which ends at the latest with its maximum lifetime.
    [Fact]
    public async Task A_user_is_live_until_the_session_s_maximum_lifetime()
    {
        await using var hub = await HubSite.StartAsync(
            setup => setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromDays(30), sessions => sessions.MaximumLifetime = TimeSpan.FromHours(8));
        var user = await hub.UserAsync(await hub.Site.SignedInAsync());
        hub.Site.Clock.Pass(TimeSpan.FromHours(8) - TimeSpan.FromSeconds(1));
        Assert.True(await IsLiveAsync(hub.Site, user));

        hub.Site.Clock.Pass(TimeSpan.FromSeconds(1));

        Assert.False(await IsLiveAsync(hub.Site, user));
    }

    [Fact]
    public async Task A_user_is_live_after_a_request_has_renewed_the_session()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        var user = await hub.UserAsync(browser);
        for (var renewal = 0; renewal < 3; renewal++)
        {
            hub.Site.Clock.Pass(TimeSpan.FromDays(10));
            await browser.GetAsync("/session");
        }

        Assert.True(await IsLiveAsync(hub.Site, user));
    }

    [Fact]
    public async Task The_end_of_another_user_s_sessions_changes_nothing()
    {
        await using var hub = await HubSite.StartAsync();
        var user = await hub.UserAsync(await hub.Site.SignedInAsync());
        hub.Site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        var other = await hub.UserAsync(await hub.Site.SignedInAsync());

        await hub.Site.EndAllAsync(BinanceEmulatorDefaults.SecondUserId);

        Assert.True(await IsLiveAsync(hub.Site, user));
        Assert.False(await IsLiveAsync(hub.Site, other));
    }

    [Fact]
    public async Task A_user_without_a_server_session_is_not_live()
    {
        await using var hub = await HubSite.StartAsync(static setup => setup.Authentication = static builder => builder.AddCookie("Other"), null, "Cookies");
        var browser = hub.Site.Browser();
        await browser.GetAsync("/as?cookie=Other&user=another");
        ClaimsPrincipal[] users = [new(), new(new ClaimsIdentity()), CookieSites.User("somebody"), await hub.UserAsync(browser, "Other"), await hub.UserAsync(hub.Site.Browser())];

        foreach (var user in users)
        {
            Assert.False(await IsLiveAsync(hub.Site, user));
            Assert.Null(hub.Site.Sessions().GetId(user));
        }
    }

    [Theory]
    [InlineData("Cookies", "Other")]
    [InlineData("Other", "Cookies")]
    public async Task A_user_of_two_cookies_is_live_while_both_sessions_are(string first, string second)
    {
        await using var hub = await HubSite.StartAsync(static setup => setup.Authentication = static builder => builder.AddCookie("Other"), null, "Cookies", "Other");
        var browser = await hub.Site.SignedInAsync();
        await browser.GetAsync("/as?cookie=Other&user=another&scheme=Elsewhere");
        var user = new ClaimsPrincipal([.. (await hub.UserAsync(browser, first)).Identities, .. (await hub.UserAsync(browser, second)).Identities]);
        Assert.True(await IsLiveAsync(hub.Site, user));

        Assert.True(await hub.Site.EndAsync(await browser.IdAsync("Cookies")));

        Assert.False(await IsLiveAsync(hub.Site, user));
        Assert.True(await IsLiveAsync(hub.Site, await hub.UserAsync(browser, "Other")));
    }

    [Fact]
    public async Task An_unavailable_cache_is_reported_as_unavailable()
    {
        await using var hub = await HubSite.StartAsync();
        var user = await hub.UserAsync(await hub.Site.SignedInAsync());
        hub.Site.Store().Fail();

        var failure = await Assert.ThrowsAnyAsync<BinanceAuthenticationException>(() => IsLiveAsync(hub.Site, user));

        Assert.Equal(BinanceFailure.Unavailable, failure.Failure);
        hub.Site.Store().Recover();
        Assert.True(await IsLiveAsync(hub.Site, user));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_caller_stops_waiting_for_a_cache_that_hangs()
    {
        await using var hub = await HubSite.StartAsync();
        var user = await hub.UserAsync(await hub.Site.SignedInAsync());
        hub.Site.Store().Commands.Hang();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var validation = hub.Site.Sessions().IsLiveAsync(user, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => validation);
        hub.Site.Store().Commands.Recover();
    }

    [Fact]
    public async Task A_missing_user_is_an_argument_error()
    {
        await using var hub = await HubSite.StartAsync();

        await Assert.ThrowsAsync<ArgumentNullException>(() => hub.Site.Sessions().IsLiveAsync(null!, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentNullException>(() => hub.Site.Sessions().GetId(null!));
    }

    private static Task<bool> IsLiveAsync(TestSite site, ClaimsPrincipal user) => site.Sessions().IsLiveAsync(user, TestContext.Current.CancellationToken);
}
