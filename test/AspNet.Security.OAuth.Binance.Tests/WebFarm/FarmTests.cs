using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.WebFarm;

public sealed class FarmTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Concurrent_requests_at_two_processes_make_one_refresh_call()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        var there = browser.Copy(farm.Second);

        var responses = await Task.WhenAll(browser.SendManyAsync(50), there.SendManyAsync(50));

        Assert.Equal(1, farm.First.RefreshCalls);
        var tokens = responses.SelectMany(each => each).Select(response => response.Session.AccessToken).Distinct();
        Assert.True(farm.First.Emulator.Tokens.IsLive(Assert.Single(tokens)!));
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.True((await there.SessionAsync()).SignedIn);
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    [Fact]
    public async Task Process_waits_for_the_refresh_of_another_one()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        var here = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        // The longest duration of a call and of two commands of the store.
        var waiting = farm.First.Clock.NextTimer(TimeSpan.FromSeconds(66));
        var there = browser.Copy(farm.Second).SendAsync("/session");
        await waiting;
        hold.Release();

        Assert.Equal((await here).Session.AccessToken, (await there).Session.AccessToken);
        Assert.Equal(1, hold.Arrived);
        Assert.Empty(farm.Second.Logged(LogLevel.Warning));
    }

    [Fact]
    public async Task Old_cookie_is_signed_in_at_another_process_without_a_second_refresh()
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
        farm.First.Clock.Pass(TestSite.TokenLifetime);
        Assert.True((await there.SessionAsync()).SignedIn);
        Assert.Equal(2, farm.First.RefreshCalls);
    }

    [Fact]
    public async Task Failed_refresh_delays_the_next_attempt_of_every_process()
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
    public async Task Refused_refresh_ends_the_session_in_every_process()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.SignedInAsync();
        farm.First.Emulator.Tokens.RevokeAll();
        farm.First.Clock.Pass(TestSite.TokenLifetime);
        var there = browser.Copy(farm.Second);

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.False((await there.SessionAsync()).SignedIn);
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    [Fact]
    public async Task Refusal_is_not_repeated_by_another_process_for_ten_minutes()
    {
        await using var farm = await Farm.StartAsync();
        var refreshToken = farm.First.Emulator.Tokens.Issue().RefreshToken;
        farm.First.Emulator.Tokens.RevokeAll();
        await AssertRefusedAsync(farm.First);

        farm.First.Clock.Pass(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));

        await AssertRefusedAsync(farm.Second);
        Assert.Equal(1, farm.First.RefreshCalls);

        async Task AssertRefusedAsync(TestSite process)
        {
            var refresh = process.Client.RefreshTokensAsync(refreshToken, cancellationToken: Stop);
            Assert.Equal(BinanceFailure.InvalidGrant, (await Assert.ThrowsAsync<BinanceAuthenticationException>(() => refresh)).Failure);
        }
    }

    // The clock of a cache may be behind.
    [Fact]
    public async Task Outcome_whose_access_token_has_expired_is_not_used()
    {
        await using var farm = await Farm.StartAsync();
        farm.First.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var browser = await farm.First.WithExpiredTokenAsync();
        var there = browser.Copy(farm.Second);
        await browser.SessionAsync();
        foreach (var key in farm.Store.Keys)
        {
            await farm.Store.SetAsync(key, farm.Store.Find(key)!, new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromDays(1) }, Stop);
        }

        farm.First.Clock.Pass(TestSite.TokenLifetime);

        Assert.True(farm.First.Emulator.Tokens.IsLive((await there.SessionAsync()).AccessToken!));
        Assert.Equal(2, farm.First.RefreshCalls);
    }

    // The application's log takes longer than the access token lives.
    [Fact]
    public async Task Outcome_whose_access_token_expires_before_it_is_stored_is_not_stored()
    {
        TestTime? clock = null;
        await using var farm = await Farm.StartAsync(setup => setup.Logging
            = logging => logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging(options =>
            {
                options.OutputFormatter = static record => record.Id.Name ?? "";
                options.OutputSink = name =>
                {
                    if (name == "Refreshed")
                    {
                        clock!.Pass(TimeSpan.FromSeconds(2));
                    }
                };
            }));
        clock = farm.First.Clock;
        var browser = await farm.First.WithExpiredTokenAsync();
        var written = farm.Store.Written.Count;
        farm.First.Bring("next-refresh-token", expiresIn: 1);

        await browser.SessionAsync();

        Assert.Equal(1, farm.First.RefreshCalls);
        Assert.Equal(written, farm.Store.Written.Count);
        farm.First.AssertWarned(0);
    }

    [Fact]
    public async Task Sign_out_at_another_process_revokes_the_newest_token()
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
    public async Task Cache_entries_are_named_by_a_hash_and_encrypted_and_expire_within_ten_minutes()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();

        await browser.SessionAsync();
        farm.First.Clock.Pass(TestSite.TokenLifetime);
        farm.First.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        await browser.SessionAsync();

        Assert.Equal([TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(30)], farm.Store.Written.Select(entry => entry.Life!.Value));
        Assert.All(farm.Store.Written, entry => Assert.Matches("^AspNet\\.Security\\.OAuth\\.Binance:[0-9a-f]{64}(:holders)?$", entry.Key));
        Assert.All(farm.Locks.Names, name => Assert.Matches("^AspNet\\.Security\\.OAuth\\.Binance:[0-9a-f]{64}:lock$", name));
        Assert.Contains(farm.First.Secrets.All(), secret => secret.Value == "refresh_token");
        farm.First.Secrets.AssertAbsentFrom(farm.Store.Text);
    }

    // The processes of a farm may have different versions during an update.
    [Fact]
    public async Task Cache_entries_are_protected_for_the_purposes_of_this_version()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();

        await browser.SessionAsync();

        var keys = farm.First.Services.GetRequiredService<IDataProtectionProvider>();
        Assert.Equal(3, farm.Store.Written.Count);
        Assert.All(farm.Store.Written, entry => Assert.NotEmpty(keys
            .CreateProtector("AspNet.Security.OAuth.Binance.Tokens", entry.Key.Replace(":holders", "", StringComparison.Ordinal), "v1")
            .Unprotect(entry.Value)));
    }
}
