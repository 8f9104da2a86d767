using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

public sealed class FarmTests
{
    [Fact]
    public async Task Two_processes_make_one_refresh_call_for_requests_at_once()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        var there = browser.Copy(farm.Second);

        var crowds = await Task.WhenAll(browser.SendManyAsync(50), there.SendManyAsync(50));

        Assert.Equal(1, farm.First.RefreshCalls);
        var tokens = crowds.SelectMany(crowd => crowd).Select(answer => answer.Session.AccessToken).Distinct();
        Assert.True(farm.First.Emulator.Tokens.IsLive(Assert.Single(tokens)!));
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.True((await there.SessionAsync()).SignedIn);
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    [Fact]
    public async Task A_process_that_comes_while_another_calls_waits_for_its_outcome()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        var here = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        // A waiter gives up after the longest time of a call and of two steps of the store.
        var waiting = farm.First.Clock.NextTimer(TimeSpan.FromSeconds(66));
        var there = browser.Copy(farm.Second).SendAsync("/session");
        await waiting;
        hold.Release();

        Assert.Equal((await here).Session.AccessToken, (await there).Session.AccessToken);
        Assert.Equal(1, hold.Arrived);
        Assert.Empty(farm.Second.Logged(LogLevel.Warning));
    }

    [Fact]
    public async Task The_old_cookie_on_another_process_within_a_minute_is_signed_in_without_a_second_refresh()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        var there = browser.Copy(farm.Second);

        var lost = await browser.SendAsync("/session");
        farm.First.Clock.Pass(TimeSpan.FromSeconds(59));
        var again = await there.GetAsync("/session");

        Assert.True(again.Session.SignedIn);
        Assert.Equal(lost.Session.AccessToken, again.Session.AccessToken);
        Assert.Equal(1, farm.First.RefreshCalls);
        farm.First.Clock.Pass(LifetimeSite.TokenLifetime);
        Assert.True((await there.SessionAsync()).SignedIn);
        Assert.Equal(2, farm.First.RefreshCalls);
    }

    [Fact]
    public async Task A_failure_is_the_pause_of_every_process()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        var there = browser.Copy(farm.Second);
        farm.First.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.True((await there.SessionAsync()).SignedIn);
        Assert.Equal(1, farm.First.RefreshCalls);

        farm.First.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.True(farm.First.Emulator.Tokens.IsLive((await there.SessionAsync()).AccessToken!));
    }

    [Fact]
    public async Task A_refusal_is_the_end_of_the_session_in_every_process()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.SignedInAsync();
        farm.First.Emulator.Tokens.RevokeAll();
        farm.First.Clock.Pass(LifetimeSite.TokenLifetime);
        var there = browser.Copy(farm.Second);

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.False((await there.SessionAsync()).SignedIn);
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    [Fact]
    public async Task Sign_out_on_another_process_revokes_the_newest_token()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        var there = browser.Copy(farm.Second);
        var newest = (await browser.SendAsync("/session")).Session.AccessToken;

        await there.GetAsync("/sign-out");

        var revocation = Assert.Single(farm.First.Revocations);
        Assert.Equal("Bearer " + newest, revocation.Authorization);
        Assert.Equal(200, revocation.Status);
    }

    [Fact]
    public async Task What_is_shared_has_a_hash_for_a_name_holds_no_clear_text_and_ends_after_ten_minutes_at_most()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();

        await browser.SessionAsync();
        farm.First.Clock.Pass(LifetimeSite.TokenLifetime);
        farm.First.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        await browser.SessionAsync();

        Assert.Equal([TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(30)], farm.Store.Written.Select(entry => entry.Life!.Value));
        Assert.All(farm.Store.Written, entry => Assert.Matches("^AspNet\\.Security\\.OAuth\\.Binance:[0-9a-f]{64}(:holders)?$", entry.Key));
        Assert.All(farm.Locks.Names, name => Assert.Matches("^AspNet\\.Security\\.OAuth\\.Binance:[0-9a-f]{64}:lock$", name));
        Assert.Contains(farm.First.Secrets.All(), secret => secret.Value == "refresh_token");
        farm.First.Secrets.AssertAbsentFrom(farm.Store.Text);
    }
}
