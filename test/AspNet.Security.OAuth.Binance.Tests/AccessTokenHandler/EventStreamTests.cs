using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler;

/// <summary>
/// A request that sends events outlives its access token. With sessions on the server it sends the newest token. With sessions in the cookie it never sends an expired one.
/// </summary>
public sealed class EventStreamTests : IDisposable
{
    private readonly EventPage _page = new();

    public void Dispose() => _page.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Stream_with_a_server_session_sends_the_newest_token()
    {
        await using var hub = await HubSite.StartAsync(AddPage);
        var browser = await hub.Site.SignedInAsync();
        await _page.OpenAsync(hub.Site, browser);
        for (var hour = 0; hour < 9; hour++)
        {
            Assert.Equal("called", await _page.NextAsync());

            Assert.Equal((await browser.SessionAsync()).AccessToken, hub.Sent[^1]);
            Assert.True(hub.Site.Emulator.Tokens.IsLive(hub.Sent[^1]));
            Assert.Equal(hour, hub.Site.RefreshCalls);
            hub.Site.Clock.Pass(TestSite.TokenLifetime);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Stream_with_a_cookie_session_sends_its_token_until_it_expires()
    {
        await using var hub = await HubSite.StartWithSessionsInCookieAsync(AddPage);
        var browser = await hub.Site.SignedInAsync();
        var token = (await browser.SessionAsync()).AccessToken;
        await _page.OpenAsync(hub.Site, browser);
        hub.Site.Clock.Pass(StoreOutages.DueAge);

        Assert.Equal("called", await _page.NextAsync());
        Assert.Equal(token, Assert.Single(hub.Sent));
        hub.Site.Clock.Pass(TimeSpan.FromMinutes(4));

        Assert.Contains("AddBinanceServerSessions", await _page.NextAsync(), StringComparison.Ordinal);
        Assert.Single(hub.Sent);
        Assert.Equal(0, hub.Site.RefreshCalls);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // The new token is in the cookie, and a request that started before does not read the cookie again.
    [Fact(Timeout = 60_000)]
    public async Task Stream_with_a_cookie_session_sends_no_expired_token_after_two_hours()
    {
        await using var hub = await HubSite.StartWithSessionsInCookieAsync(AddPage);
        var browser = await hub.Site.SignedInAsync();
        await _page.OpenAsync(hub.Site, browser);
        Assert.Equal("called", await _page.NextAsync());
        hub.Site.Clock.Pass(StoreOutages.DueAge);
        var refreshed = (await browser.SessionAsync()).AccessToken!;
        hub.Site.Clock.Pass(TimeSpan.FromHours(2) - StoreOutages.DueAge);

        Assert.Contains("AddBinanceServerSessions", await _page.NextAsync(), StringComparison.Ordinal);
        Assert.Single(hub.Sent);

        Assert.Equal("called", (await browser.GetAsync("/call")).Body);
        Assert.True(hub.Site.Emulator.Tokens.IsLive(hub.Sent[^1]));
        Assert.DoesNotContain(refreshed, hub.Sent);
    }

    // Sessions on the server make no difference when nothing refreshes.
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_without_AutomaticRefresh_sends_no_expired_token(bool onServer)
    {
        void Configure(SiteSetup setup)
        {
            AddPage(setup);
            setup.Binance = options => options.AutomaticRefresh = false;
        }

        await using var hub = await (onServer ? HubSite.StartAsync(Configure) : HubSite.StartWithSessionsInCookieAsync(Configure));
        await _page.OpenAsync(hub.Site, await hub.Site.SignedInAsync());
        hub.Site.Clock.Pass(StoreOutages.DueAge);
        Assert.Equal("called", await _page.NextAsync());
        hub.Site.Clock.Pass(TimeSpan.FromMinutes(4));

        var text = await _page.NextAsync();

        Assert.Contains(nameof(BinanceAuthenticationOptions.AutomaticRefresh), text, StringComparison.Ordinal);
        Assert.DoesNotContain("AddBinanceServerSessions", text, StringComparison.Ordinal);
        Assert.Single(hub.Sent);
        Assert.Equal(0, hub.Site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Stream_of_an_ended_session_sends_nothing()
    {
        await using var hub = await HubSite.StartAsync(AddPage);
        var browser = await hub.Site.SignedInAsync();
        await _page.OpenAsync(hub.Site, browser);
        Assert.Equal("called", await _page.NextAsync());
        await browser.GetAsync("/sign-out");
        hub.Site.Clock.Pass(TestSite.TokenLifetime);

        Assert.Contains("nobody is signed in", await _page.NextAsync(), StringComparison.Ordinal);

        Assert.Single(hub.Sent);
        Assert.Equal(0, hub.Site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Stream_sends_its_request_s_token_until_it_expires_while_the_cache_is_unavailable()
    {
        await using var hub = await HubSite.StartAsync(AddPage);
        var browser = await hub.Site.SignedInAsync();
        var token = (await browser.SessionAsync()).AccessToken;
        await _page.OpenAsync(hub.Site, browser);
        hub.Site.Clock.Pass(StoreOutages.DueAge);
        hub.Site.Store().Fail();

        Assert.Equal("called", await _page.NextAsync());
        Assert.Equal(token, Assert.Single(hub.Sent));
        hub.Site.Clock.Pass(TimeSpan.FromMinutes(4));
        Assert.Equal($"failure: {BinanceFailure.Unavailable}", await _page.NextAsync());
        Assert.Single(hub.Sent);

        hub.Site.Store().Recover();
        Assert.Equal("called", await _page.NextAsync());
        Assert.True(hub.Site.Emulator.Tokens.IsLive(hub.Sent[^1]));
    }

    [Fact(Timeout = 60_000)]
    public async Task Good_token_is_sent_and_an_expired_one_is_not_while_Binance_is_unavailable()
    {
        await using var hub = await HubSite.StartAsync(AddPage);
        await _page.OpenAsync(hub.Site, await hub.Site.SignedInAsync());
        hub.Site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503), times: 2);
        hub.Site.Clock.Pass(StoreOutages.DueAge);

        Assert.Equal("called", await _page.NextAsync());
        hub.Site.Clock.Pass(TimeSpan.FromMinutes(4));

        Assert.Equal($"failure: {BinanceFailure.Unavailable}", await _page.NextAsync());
        Assert.Single(hub.Sent);
    }

    // An ordinary request continues with its old token when its refresh fails.
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Request_whose_refresh_failed_sends_no_expired_token(bool onServer)
    {
        await using var hub = await (onServer ? HubSite.StartAsync() : HubSite.StartWithSessionsInCookieAsync());
        var browser = await hub.Site.SignedInAsync();
        hub.Site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        hub.Site.Clock.Pass(TestSite.TokenLifetime);

        var body = (await browser.GetAsync("/call")).Body;

        Assert.NotEqual("called", body);
        Assert.Empty(hub.Sent);
        hub.Site.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.Equal("called", (await browser.GetAsync("/call")).Body);
        Assert.True(hub.Site.Emulator.Tokens.IsLive(Assert.Single(hub.Sent)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Stream_a_hub_and_requests_refresh_once()
    {
        await using var hub = await HubSite.StartAsync(AddPage);
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        await _page.OpenAsync(site, browser);
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        site.Clock.Pass(TestSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var arrived = site.Requests.Next(2);

        Task<string?>[] events = [_page.NextAsync(), connection.CallAsync()!];
        var pages = browser.SendManyAsync(2);
        await arrived;
        hold.Release();

        Assert.All(await Task.WhenAll(events), text => Assert.Equal("called", text));
        var token = Assert.Single((await pages).Select(response => response.Session.AccessToken).Distinct());
        Assert.All(hub.Sent.Skip(1), sent => Assert.Equal(token, sent));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(2, site.Store().TicketWrites().Count);
    }

    private void AddPage(SiteSetup setup) => setup.Pages["/events"] = _page.ServeAsync;
}
