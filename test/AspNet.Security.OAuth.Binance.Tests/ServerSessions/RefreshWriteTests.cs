using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A refresh writes the entry in the store once, and no cookie.
/// </summary>
public sealed class RefreshWriteTests
{
    [Fact]
    public async Task A_request_with_nothing_due_writes_nothing()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var written = site.Store().Written.Count;

        var response = await browser.GetAsync("/session");

        Assert.True(response.Session.SignedIn);
        Assert.Empty(response.SetCookies);
        Assert.Equal(written, site.Store().Written.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refresh_writes_the_store_and_no_cookie(bool persistent)
    {
        await using var site = await ServerSite.StartAsync(setup =>
        {
            if (persistent)
            {
                setup.Persist();
            }
        });
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(TestSite.TokenLifetime);

        var response = await browser.GetAsync("/session");

        Assert.Empty(response.SetCookies);
        Assert.True(site.Emulator.Tokens.IsLive(response.Session.AccessToken!));
        Assert.Equal(2, site.Store().TicketWrites().Count);
        Assert.Single(site.Store().Tickets());
        var after = await browser.SessionAsync();
        Assert.Equal(response.Session.AccessToken, after.AccessToken);
        Assert.Equal((before.Issued, before.Expires), (after.Issued, after.Expires));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_thousand_concurrent_requests_make_one_refresh_and_one_write()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var arrived = site.Requests.Next(1000);

        var responses = browser.SendManyAsync(1000);
        await arrived;
        hold.Release();

        var tokens = (await responses).Select(response => response.Session.AccessToken).Distinct();
        Assert.True(site.Emulator.Tokens.IsLive(Assert.Single(tokens)!));
        Assert.All(await responses, response => Assert.Empty(response.SetCookies));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(2, site.Store().TicketWrites().Count);
    }

    [Fact]
    public async Task Two_processes_make_one_refresh_and_write_no_cookie()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = await farm.First.WithExpiredTokenAsync();

        var both = await Task.WhenAll(browser.SendManyAsync(20), browser.Copy(farm.Second).SendManyAsync(20));

        Assert.Equal(1, farm.First.RefreshCalls);
        var responses = both.SelectMany(responses => responses).ToArray();
        Assert.All(responses, response => Assert.Empty(response.SetCookies));
        var tokens = responses.Select(response => response.Session.AccessToken).Distinct();
        Assert.True(farm.First.Emulator.Tokens.IsLive(Assert.Single(tokens)!));
        farm.First.Clock.Pass(TimeSpan.FromMinutes(11));
        Assert.Equal(Assert.Single(tokens), (await browser.Copy(farm.Second).SessionAsync()).AccessToken);
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    [Fact]
    public async Task A_day_of_refreshes_writes_no_cookie()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();

        for (var hour = 1; hour <= 24; hour++)
        {
            site.Clock.Pass(TestSite.TokenLifetime);
            var response = await browser.GetAsync("/session");
            Assert.Empty(response.SetCookies);
            Assert.True(site.Emulator.Tokens.IsLive(response.Session.AccessToken!));
            Assert.Equal(hour, site.RefreshCalls);
        }

        Assert.Equal(25, site.Store().TicketWrites().Count);
    }

    [Fact]
    public async Task A_failed_refresh_writes_nothing_and_the_session_stays()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        var response = await browser.GetAsync("/session");

        Assert.True(response.Session.SignedIn);
        Assert.Empty(response.SetCookies);
        Assert.Single(site.Store().TicketWrites());
        site.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
    }

    [Fact]
    public async Task A_refused_refresh_removes_the_entry_and_leaves_the_cookie()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TestSite.TokenLifetime);

        var response = await browser.GetAsync("/session");

        Assert.False(response.Session.SignedIn);
        Assert.Empty(response.SetCookies);
        Assert.Empty(site.Store().Tickets());
        Assert.Empty(await site.ListAsync());
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }
}
