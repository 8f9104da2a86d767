using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// All sessions of a user are ended: "sign out on all devices", by the user or an administrator.
/// </summary>
public sealed class EndAllSessionsTests
{
    [Fact]
    public async Task Every_device_is_signed_out_in_every_process_and_each_token_is_revoked_once()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browsers = new List<SiteBrowser>();
        for (var i = 0; i < 4; i++)
        {
            browsers.Add(await (i % 2 == 0 ? farm.First : farm.Second).SignedInAsync());
        }

        var tokens = farm.First.Emulator.Tokens.AccessTokens.Select(token => "Bearer " + token.Value).Order().ToArray();
        Assert.Equal(4, tokens.Length);
        await farm.First.EndAllAsync();

        foreach (var browser in browsers.SelectMany(browser => new[] { browser.Copy(farm.First), browser.Copy(farm.Second) }))
        {
            var response = await browser.GetAsync("/session");
            Assert.False(response.Session.SignedIn);
            Assert.Empty(response.SetCookies);
        }

        Assert.Equal(tokens, farm.First.Revocations.Select(request => request.Authorization).Order());
        Assert.Empty(await farm.Second.ListAsync());
        Assert.Empty(farm.Store.Tickets());
    }

    [Fact]
    public async Task Other_users_stay_signed_in()
    {
        await using var site = await ServerSite.StartAsync();
        await site.SignedInAsync();
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        var other = await site.SignedInAsync();

        await site.EndAllAsync();

        Assert.True((await other.SessionAsync()).SignedIn);
        Assert.Single(site.Revocations);
    }

    [Fact]
    public async Task A_later_sign_in_lasts_and_can_be_ended_again()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        await site.EndAllAsync();
        await browser.SignInAsync();

        for (var hour = 0; hour < 24; hour++)
        {
            site.Clock.Pass(TestSite.TokenLifetime);
            Assert.True((await browser.SessionAsync()).SignedIn);
        }

        await site.EndAllAsync();
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_user_whose_sessions_are_ended_before_any_exists_can_sign_in()
    {
        await using var site = await ServerSite.StartAsync();

        await site.EndAllAsync();
        var browser = await site.SignedInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // Two processes that revoke at the same moment may both send a request; the second one changes nothing.
    [Fact]
    public async Task Two_processes_that_end_all_sessions_concurrently_revoke_each_token()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var (one, other) = (await farm.First.SignedInAsync(), await farm.Second.SignedInAsync());

        await Task.WhenAll(farm.First.EndAllAsync(), farm.Second.EndAllAsync());

        Assert.Equal(2, farm.First.Revocations.Select(request => request.Authorization).Distinct().Count());
        Assert.Empty(farm.First.Emulator.Tokens.AccessTokens);
        Assert.False((await one.SessionAsync()).SignedIn);
        Assert.False((await other.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_concurrent_request_does_not_restore_an_ended_session(bool afterwards)
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        var there = browser.Copy(farm.Second);
        var write = farm.Store.Commands.Hold(StoreCommand.Set, ServerSite.Ticket, afterwards);
        var slow = there.SendAsync("/session");
        await write.Reached;

        await farm.First.EndAllAsync();
        write.Release();
        await slow;

        Assert.False((await there.SessionAsync()).SignedIn);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(farm.First.Emulator.Tokens.AccessTokens);
        await farm.Second.EndAllAsync();
        Assert.Single(farm.First.Revocations);
        Assert.Empty(await farm.First.ListAsync());
    }

    [Fact]
    public async Task A_revocation_that_hangs_does_not_delay_the_end_of_the_sessions()
    {
        await using var site = await ServerSite.StartAsync();
        var browsers = new[] { await site.SignedInAsync(), await site.SignedInAsync(), await site.SignedInAsync() };
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);

        var ending = site.EndAllAsync();
        await hold.WaitForCallsAsync(3, TestContext.Current.CancellationToken);

        foreach (var browser in browsers)
        {
            Assert.False((await browser.SessionAsync()).SignedIn);
        }

        hold.Release();
        await ending;
        Assert.Equal(3, site.Revocations.Count);
    }
}
