using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;

/// <summary>
/// A sign-out takes <see cref="BinanceAuthenticationOptions.RevocationTimeout"/> in all, whatever is slow or unavailable, and what is not done by
/// then goes on in the background.
/// </summary>
public sealed class SignOutBoundTests
{
    private static readonly string[] _paths = [SignOutSite.LogoutPath, SignOutSite.OtherPath];

    public static MatrixTheoryData<string, bool, SessionPlace> Requests => new(_paths, [false, true], Enum.GetValues<SessionPlace>());

    public static MatrixTheoryData<string, bool, StoreOutage> HangingStores
        => new(_paths, [false, true], [StoreOutage.CacheHangs, StoreOutage.LockHangs, StoreOutage.BothHang]);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Requests))]
    public async Task With_a_refresh_in_flight_it_ends_in_time_and_what_the_refresh_brings_is_revoked(string path, bool expired, SessionPlace place)
    {
        await using var site = await StartAsync(place);
        var (browser, session) = await site.DueAsync(expired);
        site.RevokeNothing();
        site.Bring("late-access-token", "late-refresh-token");
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var closing = new CancellationTokenSource();
        var page = browser.SendUntilAsync("/session", closing.Token);
        await hold.WaitForCallsAsync(1, Stop);
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page);

        browser.Receive(await browser.GetWithinAsync(site.Clock, SignOutSite.Longest(path, expired), path));
        Assert.False(browser.HasSession);
        hold.Release();

        await site.UntilRevokedAsync("late-access-token");
        Assert.Equal(1, hold.Arrived);
        Assert.Equal(1, site.Revoked().Count(token => token == "late-access-token"));
        Assert.Equal(expired ? 0 : 1, site.Revoked().Count(token => token == session.AccessToken));
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Requests))]
    public async Task With_a_slow_token_endpoint_it_ends_in_time_and_leaves_no_live_token(string path, bool expired, SessionPlace place)
    {
        await using var site = await StartAsync(place);
        var (browser, session) = await site.DueAsync(expired);
        site.RevokeNothing();
        site.Bring("late-access-token", "late-refresh-token");
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var signOut = browser.SendAsync(path);
        if (expired || path == SignOutSite.OtherPath)
        {
            await hold.WaitForCallsAsync(1, Stop);
        }

        await site.Clock.PassUpToAsync(signOut, SignOutSite.Longest(path, expired));
        browser.Receive(await signOut);
        Assert.False(browser.HasSession);
        hold.Release();

        if (expired || path == SignOutSite.OtherPath)
        {
            await site.UntilRevokedAsync("late-access-token");
        }

        Assert.Equal(expired ? 0 : 1, site.Revoked().Count(token => token == session.AccessToken));
        Assert.Equal(site.Revoked().Distinct(), site.Revoked());
        Assert.Equal(expired || path == SignOutSite.OtherPath ? 1 : 0, hold.Arrived);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Requests))]
    public async Task With_a_slow_revocation_endpoint_it_ends_in_time(string path, bool expired, SessionPlace place)
    {
        await using var site = await StartAsync(place);
        var (browser, _) = await site.DueAsync(expired);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);
        var signOut = browser.SendAsync(path);
        await hold.WaitForCallsAsync(1, Stop);

        await site.Clock.PassUpToAsync(signOut, SignOutSite.RevocationTimeout);
        browser.Receive(await signOut);

        Assert.False(browser.HasSession);
        Assert.Equal(1, hold.Arrived);
    }

    // The refresh takes 3 s of the 5 s: 2 s are left for the revocation.
    [Fact(Timeout = 40_000)]
    public async Task The_time_is_that_of_refresh_and_revocation_together()
    {
        await using var site = await StartAsync(SessionPlace.Cookie);
        var (browser, _) = await site.DueAsync(expired: true);
        using var refresh = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var revocation = site.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);
        var signOut = browser.SendAsync(SignOutSite.LogoutPath);
        await refresh.WaitForCallsAsync(1, Stop);
        site.Clock.Pass(TimeSpan.FromSeconds(3));
        refresh.Release();
        await revocation.WaitForCallsAsync(1, Stop);

        await site.Clock.PassUpToAsync(signOut, TimeSpan.FromSeconds(2));

        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact(Timeout = 40_000)]
    public async Task The_time_is_the_one_that_the_application_has_set()
    {
        await using var site = await StartAsync(SessionPlace.Cookie, setup => setup.Binance = options => options.RevocationTimeout = TimeSpan.FromSeconds(1));
        var (browser, _) = await site.DueAsync(expired: true);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var signOut = browser.SendAsync(SignOutSite.LogoutPath);
        await hold.WaitForCallsAsync(1, Stop);

        await site.Clock.PassUpToAsync(signOut, TimeSpan.FromSeconds(1));

        Assert.True((await signOut).DeletesSessionCookie);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Requests))]
    public async Task With_a_dead_lock_holder_it_ends_in_time_and_what_comes_later_is_revoked(string path, bool expired, SessionPlace place)
    {
        await using var farm = await StartFarmAsync(place);
        var (browser, session) = await farm.First.DueAsync(expired);
        farm.First.RevokeNothing();
        farm.First.Bring("late-access-token", "late-refresh-token");
        farm.Locks.HoldNext();

        browser.Receive(await browser.GetWithinAsync(farm.First.Clock, SignOutSite.Longest(path, expired), path));

        Assert.False(browser.HasSession);
        Assert.Equal(0, farm.First.RefreshCalls);
        Assert.Equal(expired ? [] : [session.AccessToken!], farm.First.Revoked());
        farm.Locks.ReleaseHeld();
        if (expired)
        {
            await farm.First.UntilRevokedAsync("late-access-token");
            Assert.Equal(1, farm.First.RefreshCalls);
        }
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(HangingStores))]
    public async Task With_a_store_that_hangs_it_ends_in_time_and_the_token_is_revoked(string path, bool expired, StoreOutage outage)
    {
        await using var farm = await StartFarmAsync(SessionPlace.Cookie);
        var (browser, session) = await farm.First.DueAsync(expired);
        farm.Begin(outage);

        browser.Receive(await browser.GetWithinAsync(farm.First.Clock, SignOutSite.Longest(path, expired), path));
        Assert.False(browser.HasSession);

        // In the background, when the store counts as one that hangs.
        farm.First.Clock.Pass(StoreOutages.Hang);
        await farm.First.Emulator.Requests.WaitForAsync(request => request.Endpoint is EmulatorEndpoint.Revoke, Stop);
        Assert.Single(farm.First.Revoked());
        Assert.Equal(expired, session.AccessToken != farm.First.Revoked()[0]);
        Assert.Empty(farm.First.Emulator.Tokens.AccessTokens);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_anybody_to_tell_it_ends_in_time_while_everything_hangs(bool expired)
    {
        await using var farm = await StartFarmAsync(SessionPlace.Cookie);
        var (browser, _) = await farm.First.DueAsync(expired);
        using var refresh = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var revocation = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);
        farm.Begin(StoreOutage.BothHang);

        browser.Receive(await browser.GetWithinAsync(farm.First.Clock, SignOutSite.RevocationTimeout, SignOutSite.LogoutPath));

        Assert.False(browser.HasSession);
        farm.Recover();
    }

    // A session on the server is what the cache holds: its sign-out says so when the cache is unavailable, and in time.
    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_on_the_server_whose_cache_begins_to_hang_in_the_middle_holds_its_request_no_longer(bool expired)
    {
        SharedStore? store = null;
        await using var site = await ServerSite.StartAsync(setup => setup.Pages[SignOutSite.LogoutPath] = async context =>
        {
            await context.AuthenticateAsync();
            store!.Commands.Hang();
            try
            {
                await context.SignOutAsync("Cookies");
            }
            catch (Exception)
            {
                context.Response.StatusCode = 503;
            }
        });
        store = site.Store();
        var (browser, _) = await site.DueAsync(expired);

        await site.Clock.PassUpToAsync(browser.SendAsync(SignOutSite.LogoutPath), SignOutSite.RevocationTimeout);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ending_all_sessions_of_a_user_ends_in_time_while_both_endpoints_are_slow(bool expired)
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var site = farm.First;
        for (var i = 0; i < 5; i++)
        {
            await site.SignedInAsync();
        }

        site.Clock.Pass(expired ? LifetimeSite.TokenLifetime : StoreOutages.DueAge);
        using var refresh = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var revocation = site.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);
        var end = site.EndAllAsync();
        await (expired ? refresh : revocation).WaitForCallsAsync(1, Stop);

        await site.Clock.PassUpToAsync(end, SignOutSite.RevocationTimeout);

        Assert.Empty(farm.Store.Tickets());
    }

    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ending_all_sessions_of_a_user_leaves_no_live_token_when_the_slow_endpoint_responds(bool expired)
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var site = farm.First;
        var browsers = new List<LifetimeBrowser>();
        for (var i = 0; i < 3; i++)
        {
            browsers.Add(await site.SignedInAsync());
        }

        site.Clock.Pass(expired ? LifetimeSite.TokenLifetime : StoreOutages.DueAge);
        using (var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token))
        {
            var end = site.EndAllAsync();
            if (expired)
            {
                await hold.WaitForCallsAsync(1, Stop);
            }

            await site.Clock.PassUpToAsync(end, SignOutSite.RevocationTimeout);
        }

        await site.Emulator.Requests.WaitForAsync(_ => site.Revoked().Count >= 3, Stop);
        Assert.Equal(expired ? 3 : 0, site.RefreshCalls);
        Assert.Equal(3, site.Revoked().Distinct().Count());
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        foreach (var browser in browsers)
        {
            Assert.False((await browser.SessionAsync()).SignedIn);
        }
    }

    [Theory(Timeout = 40_000)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Ending_sessions_ends_in_time_with_a_lock_that_hangs_and_a_slow_revocation_endpoint(bool all, bool expired)
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var (site, browser) = (farm.First, (await farm.First.DueAsync(expired)).Browser);
        var id = Assert.Single(await site.ListAsync()).Id;
        farm.Begin(StoreOutage.LockHangs);
        using var revocation = site.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);

        await site.Clock.PassUpToAsync(all ? site.EndAllAsync() : site.EndAsync(id), SignOutSite.RevocationTimeout);

        Assert.Empty(farm.Store.Tickets());
        Assert.False((await browser.SessionAsync()).SignedIn);
        farm.Recover();
    }

    // Where the provider of the lock or of the cache blocks the thread that calls it.
    [Theory(Timeout = 40_000)]
    [InlineData(SignOutSite.LogoutPath, false)]
    [InlineData(SignOutSite.LogoutPath, true)]
    [InlineData(SignOutSite.OtherPath, false)]
    [InlineData(SignOutSite.OtherPath, true)]
    public async Task With_stores_that_block_it_ends_in_time(string path, bool expired)
    {
        await using var farm = await StartFarmAsync(SessionPlace.Cookie);
        using var unblock = new ManualResetEventSlim();
        try
        {
            var (browser, _) = await farm.First.DueAsync(expired);
            Task Block()
            {
                unblock.Wait(Stop);
                return Task.CompletedTask;
            }

            farm.Store.Commands.Before = (_, _) => Block();
            farm.Locks.Before = (_, _) => Block();

            browser.Receive(await browser.GetWithinAsync(farm.First.Clock, SignOutSite.Longest(path, expired), path));

            Assert.False(browser.HasSession);
        }
        finally
        {
            farm.Recover();
            unblock.Set();
        }
    }

    private static Task<LifetimeSite> StartAsync(SessionPlace place, Action<LifetimeSetup>? configure = null)
        => LifetimeSite.StartAsync(Configuration(place, configure));

    private static Task<Farm> StartFarmAsync(SessionPlace place) => Farm.StartAsync(Configuration(place, null));

    private static Action<LifetimeSetup> Configuration(SessionPlace place, Action<LifetimeSetup>? configure)
    {
        var sessions = new SessionStorage(place);
        return setup =>
        {
            configure?.Invoke(setup);
            setup.AddLogout();
            sessions.Configure(setup);
        };
    }
}
