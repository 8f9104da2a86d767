using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// A sign-out ends within <see cref="BinanceAuthenticationOptions.RevocationTimeout"/> while the lock or the cache of a farm hangs, and its tokens are revoked in the background.
/// </summary>
public sealed class SignOutOutageTests
{
    private static readonly string[] _paths = [SignOutSite.LogoutPath, SignOutSite.OtherPath];

    public static MatrixTheoryData<string, bool, SessionPlace> Requests => new(_paths, [false, true], Enum.GetValues<SessionPlace>());

    public static MatrixTheoryData<string, bool, StoreOutage> HangingStores
        => new(_paths, [false, true], [StoreOutage.CacheHangs, StoreOutage.LockHangs, StoreOutage.BothHang]);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Requests))]
    public async Task Sign_out_ends_in_time_when_the_lock_is_not_released_and_a_later_token_is_revoked(string path, bool expired, SessionPlace place)
    {
        await using var farm = await StartFarmAsync(place);
        var (browser, session) = await farm.First.DueAsync(expired);
        farm.First.RevokeNothing();
        farm.First.Bring("late-access-token", "late-refresh-token");
        farm.Locks.HoldNext();

        browser.Receive(await browser.GetWithinAsync(farm.First.Clock, SignOutSite.Longest(path, expired), path));

        Assert.False(browser.HasSessionCookie);
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
    public async Task Sign_out_ends_in_time_when_a_store_hangs_and_the_token_is_revoked(string path, bool expired, StoreOutage outage)
    {
        await using var farm = await StartFarmAsync(SessionPlace.Cookie);
        var (browser, session) = await farm.First.DueAsync(expired);
        farm.Begin(outage);

        browser.Receive(await browser.GetWithinAsync(farm.First.Clock, SignOutSite.Longest(path, expired), path));
        Assert.False(browser.HasSessionCookie);

        // In the background, after the timeout of the store.
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
    public async Task Sign_out_ends_in_time_when_stores_and_server_hang(bool expired)
    {
        await using var farm = await StartFarmAsync(SessionPlace.Cookie);
        var (browser, _) = await farm.First.DueAsync(expired);
        using var refresh = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var revocation = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);
        farm.Begin(StoreOutage.BothHang);

        browser.Receive(await browser.GetWithinAsync(farm.First.Clock, SignOutSite.RevocationTimeout, SignOutSite.LogoutPath));

        Assert.False(browser.HasSessionCookie);
        farm.Recover();
    }

    [Theory(Timeout = 40_000)]
    [InlineData(SignOutSite.LogoutPath, false)]
    [InlineData(SignOutSite.LogoutPath, true)]
    [InlineData(SignOutSite.OtherPath, false)]
    [InlineData(SignOutSite.OtherPath, true)]
    public async Task Sign_out_ends_in_time_when_stores_block_the_thread(string path, bool expired)
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

            Assert.False(browser.HasSessionCookie);
        }
        finally
        {
            farm.Recover();
            unblock.Set();
        }
    }

    private static Task<Farm> StartFarmAsync(SessionPlace place) => Farm.StartAsync(SignOutSite.Setup(place));
}
