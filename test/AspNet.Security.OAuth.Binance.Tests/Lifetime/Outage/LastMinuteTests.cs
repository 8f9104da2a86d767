
namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;

/// <summary>
/// When a process refreshes alone while the cache or the lock is unavailable: in the last minute of the access token, or in the last tenth of
/// its life if it lives under ten minutes, and when it has expired.
/// </summary>
public sealed class LastMinuteTests
{
    /// <summary>An access token's life, how long before its expiry it is due, its age, and whether the process goes alone.</summary>
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
    public async Task A_process_goes_alone_at_the_end_of_the_token_s_life_alone(string life, string before, string age, bool goesAlone)
        => await AssertAsync(life, before, age, goesAlone, renewed: false);

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Ages))]
    public async Task And_likewise_with_a_token_that_a_refresh_brought(string life, string before, string age, bool goesAlone)
        => await AssertAsync(life, before, age, goesAlone, renewed: true);

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(StoreOutages.All), MemberType = typeof(StoreOutages))]
    public async Task In_the_last_minute_one_process_refreshes_once_with_one_warning(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        var old = (await browser.SessionAsync()).AccessToken;
        clock.Pass(LifetimeSite.TokenLifetime - TimeSpan.FromSeconds(50));
        clock.PausesPass = true;
        farm.Begin(outage);

        // A good token is not waited for beyond 2 s, but the response carries the new ones.
        var crowd = browser.SendManyAsync(outage.Hangs() ? 1 : 20);
        await clock.PassUpToAsync(crowd, StoreOutages.Hang);
        Assert.All(await crowd, answer => Assert.True(answer.Session.SignedIn));

        // Nobody waits for a store that hangs until it counts as one.
        clock.Pass(StoreOutages.Hang - StoreOutages.GoodWait);
        Assert.True(farm.First.Emulator.Tokens.IsLive((await browser.UntilRenewedAsync(old)).AccessToken!));
        Assert.Equal(1, farm.First.RefreshCalls);
        farm.First.AssertWarned(1);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(StoreOutages.All), MemberType = typeof(StoreOutages))]
    public async Task An_expired_token_is_refreshed_alone_with_one_warning(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.WithExpiredTokenAsync());
        clock.PausesPass = true;
        farm.Begin(outage);

        var crowd = browser.SendManyAsync(outage.Hangs() ? 1 : 20);
        await clock.PassUpToAsync(crowd, StoreOutages.Hang);

        var tokens = (await crowd).Select(answer => answer.Session.AccessToken).Distinct();
        Assert.True(farm.First.Emulator.Tokens.IsLive(Assert.Single(tokens)!));
        Assert.Equal(1, farm.First.RefreshCalls);
        farm.First.AssertWarned(1);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(StoreOutages.All), MemberType = typeof(StoreOutages))]
    public async Task The_token_service_which_knows_no_expiry_goes_alone(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync();
        var clock = farm.First.Clock;
        var issued = farm.First.Emulator.Tokens.Issue();
        clock.PausesPass = true;
        farm.Begin(outage);

        var refresh = farm.First.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: TestContext.Current.CancellationToken);
        await clock.PassUpToAsync(refresh, StoreOutages.Hang);

        Assert.True(farm.First.Emulator.Tokens.IsLive((await refresh).AccessToken));
        Assert.Equal(1, farm.First.RefreshCalls);
        farm.First.AssertWarned(1);
    }

    private static async Task AssertAsync(string life, string before, string age, bool goesAlone, bool renewed)
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
        clock.PausesPass = true;
        farm.Begin(StoreOutage.BothThrow);

        var session = await browser.SessionAsync();

        Assert.True(session.SignedIn);
        Assert.Equal(goesAlone, session.AccessToken != old);
        Assert.Equal(calls + (goesAlone ? 1 : 0), site.RefreshCalls);
    }
}
