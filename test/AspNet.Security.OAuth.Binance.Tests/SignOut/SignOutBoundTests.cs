using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// A sign-out takes <see cref="BinanceAuthenticationOptions.RevocationTimeout"/> in all, whatever is slow or unavailable. The rest
/// continues in the background.
/// </summary>
public sealed class SignOutBoundTests
{
    public static MatrixTheoryData<string, bool, SessionPlace> Requests => new([SignOutSite.LogoutPath, SignOutSite.OtherPath], [false, true], Enum.GetValues<SessionPlace>());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Requests))]
    public async Task Sign_out_during_a_refresh_ends_in_time_and_the_new_token_is_revoked(string path, bool expired, SessionPlace place)
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
        Assert.False(browser.HasSessionCookie);
        hold.Release();

        await site.UntilRevokedAsync("late-access-token");
        Assert.Equal(1, hold.Arrived);
        Assert.Equal(1, site.Revoked().Count(token => token == "late-access-token"));
        Assert.Equal(expired ? 0 : 1, site.Revoked().Count(token => token == session.AccessToken));
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Requests))]
    public async Task Sign_out_ends_in_time_when_the_token_endpoint_is_slow_and_leaves_no_live_token(string path, bool expired, SessionPlace place)
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
        Assert.False(browser.HasSessionCookie);
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
    public async Task Sign_out_ends_in_time_when_the_revocation_endpoint_is_slow(string path, bool expired, SessionPlace place)
    {
        await using var site = await StartAsync(place);
        var (browser, _) = await site.DueAsync(expired);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);
        var signOut = browser.SendAsync(path);
        await hold.WaitForCallsAsync(1, Stop);

        await site.Clock.PassUpToAsync(signOut, SignOutSite.RevocationTimeout);
        browser.Receive(await signOut);

        Assert.False(browser.HasSessionCookie);
        Assert.Equal(1, hold.Arrived);
    }

    private static Task<TestSite> StartAsync(SessionPlace place) => TestSite.StartAsync(SignOutSite.Setup(place));
}
