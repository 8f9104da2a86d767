using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions;

namespace AspNet.Security.OAuth.Binance.Tests.HttpClients;

/// <summary>
/// A request that sends events outlives its token: with sessions on the server it has the newest one, and without an expired one is never sent.
/// </summary>
public sealed class EventStreamTests : IDisposable
{
    private static readonly TimeSpan _due = TimeSpan.FromMinutes(56);

    private readonly EventPage _page = new();

    public void Dispose() => _page.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task With_sessions_on_the_server_each_event_has_the_newest_token()
    {
        await using var hub = await HubSite.StartAsync(AddPage);
        var browser = await hub.Site.SignedInAsync();
        await _page.OpenAsync(hub.Site, browser);
        for (var hour = 0; hour < 9; hour++)
        {
            Assert.Equal("answered", await _page.NextAsync());

            Assert.Equal((await browser.SessionAsync()).AccessToken, hub.Sent[^1]);
            Assert.True(hub.Site.Emulator.Tokens.IsLive(hub.Sent[^1]));
            Assert.Equal(hour, hub.Site.RefreshCalls);
            hub.Site.Clock.Pass(LifetimeSite.TokenLifetime);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task With_sessions_in_the_cookie_a_token_is_sent_while_it_is_good()
    {
        await using var hub = await HubSite.StartWithSessionsInCookieAsync(AddPage);
        var browser = await hub.Site.SignedInAsync();
        var token = (await browser.SessionAsync()).AccessToken;
        await _page.OpenAsync(hub.Site, browser);
        hub.Site.Clock.Pass(_due);

        Assert.Equal("answered", await _page.NextAsync());
        Assert.Equal(token, Assert.Single(hub.Sent));
        hub.Site.Clock.Pass(TimeSpan.FromMinutes(4));

        Assert.Contains("AddBinanceServerSessions", await _page.NextAsync(), StringComparison.Ordinal);
        Assert.Single(hub.Sent);
        Assert.Equal(0, hub.Site.RefreshCalls);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // The cookie has the new token, and a request that began before reads no cookie.
    [Fact(Timeout = 60_000)]
    public async Task With_sessions_in_the_cookie_a_request_of_two_hours_sends_no_expired_token_and_the_next_request_the_new_one()
    {
        await using var hub = await HubSite.StartWithSessionsInCookieAsync(AddPage);
        var browser = await hub.Site.SignedInAsync();
        await _page.OpenAsync(hub.Site, browser);
        Assert.Equal("answered", await _page.NextAsync());
        hub.Site.Clock.Pass(_due);
        var refreshed = (await browser.SessionAsync()).AccessToken!;
        hub.Site.Clock.Pass(TimeSpan.FromHours(2) - _due);

        Assert.Contains("AddBinanceServerSessions", await _page.NextAsync(), StringComparison.Ordinal);
        Assert.Single(hub.Sent);

        Assert.Equal("answered", (await browser.GetAsync("/call")).Body);
        Assert.True(hub.Site.Emulator.Tokens.IsLive(hub.Sent[^1]));
        Assert.DoesNotContain(refreshed, hub.Sent);
    }

    // Where nothing refreshes, sessions on the server do not help.
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_automatic_refresh_an_expired_token_is_not_sent(bool onServer)
    {
        void Configure(LifetimeSetup setup)
        {
            AddPage(setup);
            setup.Binance = options => options.AutomaticRefresh = false;
        }

        await using var hub = await (onServer ? HubSite.StartAsync(Configure) : HubSite.StartWithSessionsInCookieAsync(Configure));
        await _page.OpenAsync(hub.Site, await hub.Site.SignedInAsync());
        hub.Site.Clock.Pass(_due);
        Assert.Equal("answered", await _page.NextAsync());
        hub.Site.Clock.Pass(TimeSpan.FromMinutes(4));

        var text = await _page.NextAsync();

        Assert.Contains(nameof(BinanceAuthenticationOptions.AutomaticRefresh), text, StringComparison.Ordinal);
        Assert.DoesNotContain("AddBinanceServerSessions", text, StringComparison.Ordinal);
        Assert.Single(hub.Sent);
        Assert.Equal(0, hub.Site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_session_that_was_ended_gets_no_newer_token()
    {
        await using var hub = await HubSite.StartAsync(AddPage);
        var browser = await hub.Site.SignedInAsync();
        await _page.OpenAsync(hub.Site, browser);
        Assert.Equal("answered", await _page.NextAsync());
        await browser.GetAsync("/sign-out");
        hub.Site.Clock.Pass(LifetimeSite.TokenLifetime);

        Assert.Contains("nobody is signed in", await _page.NextAsync(), StringComparison.Ordinal);

        Assert.Single(hub.Sent);
        Assert.Equal(0, hub.Site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task While_the_cache_is_unavailable_the_request_s_own_token_is_sent_until_it_expires()
    {
        await using var hub = await HubSite.StartAsync(AddPage);
        var browser = await hub.Site.SignedInAsync();
        var token = (await browser.SessionAsync()).AccessToken;
        await _page.OpenAsync(hub.Site, browser);
        hub.Site.Clock.Pass(_due);
        hub.Site.Store().Fail();

        Assert.Equal("answered", await _page.NextAsync());
        Assert.Equal(token, Assert.Single(hub.Sent));
        hub.Site.Clock.Pass(TimeSpan.FromMinutes(4));
        Assert.Equal($"failure: {BinanceFailure.Unavailable}", await _page.NextAsync());
        Assert.Single(hub.Sent);

        hub.Site.Store().Recover();
        Assert.Equal("answered", await _page.NextAsync());
        Assert.True(hub.Site.Emulator.Tokens.IsLive(hub.Sent[^1]));
    }

    [Fact(Timeout = 60_000)]
    public async Task While_binance_is_unavailable_a_good_token_is_sent_and_an_expired_one_is_not()
    {
        await using var hub = await HubSite.StartAsync(AddPage);
        await _page.OpenAsync(hub.Site, await hub.Site.SignedInAsync());
        hub.Site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503), times: 2);
        hub.Site.Clock.Pass(_due);

        Assert.Equal("answered", await _page.NextAsync());
        hub.Site.Clock.Pass(TimeSpan.FromMinutes(4));

        Assert.Equal($"failure: {BinanceFailure.Unavailable}", await _page.NextAsync());
        Assert.Single(hub.Sent);
    }

    // The same where the request is no stream: its refresh failed, and it goes on with what it has.
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_whose_refresh_failed_does_not_send_an_expired_token(bool onServer)
    {
        await using var hub = await (onServer ? HubSite.StartAsync() : HubSite.StartWithSessionsInCookieAsync());
        var browser = await hub.Site.SignedInAsync();
        hub.Site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        hub.Site.Clock.Pass(LifetimeSite.TokenLifetime);

        var body = (await browser.GetAsync("/call")).Body;

        Assert.NotEqual("answered", body);
        Assert.Empty(hub.Sent);
        hub.Site.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.Equal("answered", (await browser.GetAsync("/call")).Body);
        Assert.True(hub.Site.Emulator.Tokens.IsLive(Assert.Single(hub.Sent)));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stream_a_hub_and_requests_refresh_once_at_the_same_time()
    {
        await using var hub = await HubSite.StartAsync(AddPage);
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        await _page.OpenAsync(site, browser);
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var arrived = site.Requests.Next(2);

        Task<string?>[] events = [_page.NextAsync(), connection.CallAsync()!];
        var pages = browser.SendManyAsync(2);
        await arrived;
        hold.Release();

        Assert.All(await Task.WhenAll(events), text => Assert.Equal("answered", text));
        var token = Assert.Single((await pages).Select(answer => answer.Session.AccessToken).Distinct());
        Assert.All(hub.Sent.Skip(1), sent => Assert.Equal(token, sent));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(2, site.Store().TicketWrites().Count);
    }

    private void AddPage(LifetimeSetup setup) => setup.Pages["/events"] = _page.ServeAsync;
}
