using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.WebFarm;

/// <summary>
/// When a process refreshes without the lock while the cache or the lock is unavailable: in the last minute of the access token, or in the last tenth of
/// its life if it lives under ten minutes, and when it has expired.
/// </summary>
public sealed class LastMinuteTests
{
    /// <summary>An access token's lifetime, how long before its expiry it is due, its age, and whether the process refreshes without the lock.</summary>
    public static TheoryData<string, string, string, bool> Ages => new()
    {
        { "01:00:00", "00:05:00", "00:58:59", false },
        { "01:00:00", "00:05:00", "00:59:01", true },
        { "01:00:00", "00:05:00", "01:00:01", true },
        { "08:00:00", "00:01:00", "07:59:01", true },
        { "08:00:00", "01:00:00", "07:58:59", false },
        { "00:20:00", "00:05:00", "00:18:59", false },
        { "00:20:00", "00:05:00", "00:19:01", true },
        { "00:05:00", "00:05:00", "00:02:31", false },
        { "00:05:00", "00:05:00", "00:04:29", false },
        { "00:05:00", "00:05:00", "00:04:31", true },
        { "00:05:00", "00:01:00", "00:04:29", false },
        { "00:05:00", "00:01:00", "00:04:31", true },
        { "00:01:00", "00:05:00", "00:00:53", false },
        { "00:01:00", "00:05:00", "00:00:55", true },
    };

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Ages))]
    public async Task Process_refreshes_without_the_lock_at_the_end_of_the_token_s_lifetime(string life, string before, string age, bool refreshes)
        => await AssertAsync(life, before, age, refreshes, renewed: false);

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Ages))]
    public async Task Process_refreshes_without_the_lock_at_the_end_of_a_refreshed_token_s_lifetime(string life, string before, string age, bool refreshes)
        => await AssertAsync(life, before, age, refreshes, renewed: true);

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(StoreOutages.All), MemberType = typeof(StoreOutages))]
    public async Task Token_is_refreshed_once_in_its_last_minute_with_one_warning(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        var old = (await browser.SessionAsync()).AccessToken;
        clock.Pass(TestSite.TokenLifetime - TimeSpan.FromSeconds(50));
        farm.Begin(outage);

        // The page waits for 2 s, and its response until it can set the new tokens.
        var responses = browser.SendManyAsync(outage.Hangs() ? 1 : 20);
        await clock.PassUpToAsync(responses, StoreOutages.Hang);
        Assert.All(await responses, response => Assert.True(response.Session.SignedIn));

        // Until the timeout of the store, the refresh continues in the background.
        clock.Pass(StoreOutages.Hang - StoreOutages.GoodWait);
        Assert.True(farm.First.Emulator.Tokens.IsLive((await browser.UntilRenewedAsync(old)).AccessToken!));
        Assert.Equal(1, farm.First.RefreshCalls);
        farm.First.AssertWarned(1);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(StoreOutages.All), MemberType = typeof(StoreOutages))]
    public async Task Expired_token_is_refreshed_once_with_one_warning(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.WithExpiredTokenAsync());
        farm.Begin(outage);

        var responses = browser.SendManyAsync(outage.Hangs() ? 1 : 20);
        await clock.PassUpToAsync(responses, StoreOutages.Hang);

        var tokens = (await responses).Select(response => response.Session.AccessToken).Distinct();
        Assert.True(farm.First.Emulator.Tokens.IsLive(Assert.Single(tokens)!));
        Assert.Equal(1, farm.First.RefreshCalls);
        farm.First.AssertWarned(1);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(StoreOutages.All), MemberType = typeof(StoreOutages))]
    public async Task Token_service_refreshes_without_the_lock(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync();
        var clock = farm.First.Clock;
        var issued = farm.First.Emulator.Tokens.Issue();
        farm.Begin(outage);

        var refresh = farm.First.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: TestContext.Current.CancellationToken);
        await clock.PassUpToAsync(refresh, StoreOutages.Hang);

        Assert.True(farm.First.Emulator.Tokens.IsLive((await refresh).AccessToken));
        Assert.Equal(1, farm.First.RefreshCalls);
        farm.First.AssertWarned(1);
    }

    // Two copies of a session's cookie, before and after a refresh by a server that keeps the refresh token: the access token of the older one has expired,
    // and that of the newer one is good for four more minutes.
    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_that_share_a_call_refresh_without_the_lock_if_one_of_them_cannot_wait(bool olderIsFirst)
    {
        await using var farm = await Farm.StartAsync();
        var (site, clock) = (farm.First, farm.First.Clock);
        site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var newer = await site.SignedInAsync();
        var older = newer.Copy();
        clock.Pass(TestSite.TokenLifetime);
        await newer.SessionAsync();
        clock.Pass(StoreOutages.DueAge);
        var outage = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        farm.Locks.Before = (command, _) => command is LockCommand.Acquire ? outage.Task : Task.CompletedTask;
        var acquires = farm.Locks.Next(LockCommand.Acquire);
        var first = (olderIsFirst ? older : newer).SendAsync("/session");
        await acquires;

        // The second request waits for the state of its session first, and then for the call.
        var longest = olderIsFirst ? StoreOutages.GoodWait : StoreOutages.LongestWait;
        var read = farm.Store.Commands.Hold(StoreCommand.Get, ":session:");
        var reads = clock.NextTimer(longest);
        var second = (olderIsFirst ? newer : older).SendAsync("/session");
        await read.Reached;
        await reads;
        var joins = clock.NextTimer(longest);
        read.Release();
        await joins;
        outage.SetException(new InvalidOperationException("the connection is lost"));

        var renewed = (await first).Session.AccessToken;
        Assert.Equal(renewed, (await second).Session.AccessToken);
        Assert.True(site.Emulator.Tokens.IsLive(renewed!));
        Assert.Equal(2, site.RefreshCalls);
    }

    private static async Task AssertAsync(string life, string before, string age, bool refreshes, bool renewed)
    {
        await using var farm = await Farm.StartAsync(setup
            => setup.Binance = options => options.RefreshBeforeExpiration = TimeSpan.Parse(before, null));
        var (site, clock) = (farm.First, farm.First.Clock);
        site.Emulator.Options.AccessTokenLifetime = TimeSpan.Parse(life, null);
        var browser = await site.SignedInAsync();
        if (renewed)
        {
            clock.Pass(TimeSpan.Parse(life, null));
            await browser.SessionAsync();
        }

        var (old, calls) = ((await browser.SessionAsync()).AccessToken, site.RefreshCalls);
        clock.Pass(TimeSpan.Parse(age, null));
        farm.Begin(StoreOutage.BothThrow);

        var session = await browser.SessionAsync();

        Assert.True(session.SignedIn);
        Assert.Equal(refreshes, session.AccessToken != old);
        Assert.Equal(calls + (refreshes ? 1 : 0), site.RefreshCalls);
    }
}
