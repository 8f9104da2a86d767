using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// All sessions of a user are ended: "sign out on all devices", or an administrator does it.
/// </summary>
public sealed class EndAllSessionsTests
{
    [Fact]
    public async Task Every_device_is_signed_out_in_every_process_at_once_and_each_token_is_revoked_once()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browsers = new List<LifetimeBrowser>();
        for (var i = 0; i < 4; i++)
        {
            browsers.Add(await (i % 2 == 0 ? farm.First : farm.Second).SignedInAsync());
        }

        var tokens = farm.First.Emulator.Tokens.AccessTokens.Select(token => "Bearer " + token.Value).Order().ToArray();
        Assert.Equal(4, tokens.Length);
        await farm.First.EndAllAsync();

        foreach (var browser in browsers.SelectMany(browser => new[] { browser.Copy(farm.First), browser.Copy(farm.Second) }))
        {
            var answer = await browser.GetAsync("/session");
            Assert.False(answer.Session.SignedIn);
            Assert.Empty(answer.SetCookies);
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
    public async Task Who_signs_in_again_lives_through_a_day_and_can_be_ended_again()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        await site.EndAllAsync();
        await browser.SignInAsync();

        for (var hour = 0; hour < 24; hour++)
        {
            site.Clock.Pass(LifetimeSite.TokenLifetime);
            Assert.True((await browser.SessionAsync()).SignedIn);
        }

        await site.EndAllAsync();
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_user_without_a_session_has_nothing_to_end_and_signs_in_afterwards()
    {
        await using var site = await ServerSite.StartAsync();

        await site.EndAllAsync();
        var browser = await site.SignedInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // At the very same moment each of two processes may be the one that revokes, which a revoked token does not mind.
    [Fact]
    public async Task The_end_of_all_twice_at_once_in_two_processes_revokes_each_token()
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
    public async Task A_request_under_way_that_writes_its_session_again_does_not_revive_it(bool afterwards)
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
    public async Task A_revocation_that_hangs_holds_up_no_end()
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
