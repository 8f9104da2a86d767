using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;

/// <summary>
/// A page is under way and refreshed in one process while the user signs out in the other: the page does not bring the cookie back, and what
/// its refresh brought is revoked, once.
/// </summary>
public sealed class SignOutElsewhereTests
{
    private const string Late = "late-access-token";

    public static MatrixTheoryData<bool, SessionPlace> Sessions => new([false, true], Enum.GetValues<SessionPlace>());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task A_refresh_that_ends_after_the_sign_out_brings_nothing_back(bool expired, SessionPlace place)
    {
        await using var farm = await StartAsync(place);
        var site = farm.First;
        var (browser, session) = await site.DueAsync(expired);
        var there = browser.Copy(farm.Second);
        site.RevokeNothing();
        site.Bring(Late, "late-refresh-token");
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, Stop);

        await there.GetWithinLogoutAsync(site.Clock);
        hold.Release();

        browser.Receive(await page);
        Assert.Null((await page).SessionCookie);
        await site.UntilRevokedAsync(Late);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.False((await browser.Copy(farm.Second).SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(expired ? [Late] : [session.AccessToken!, Late], site.Revoked());
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task A_refresh_that_ends_during_the_sign_out_brings_nothing_back(bool expired, SessionPlace place)
    {
        await using var farm = await StartAsync(place);
        var site = farm.First;
        var (browser, session) = await site.DueAsync(expired);
        var there = browser.Copy(farm.Second);
        site.RevokeNothing();
        site.Bring(Late, "late-refresh-token");
        using var refresh = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.SendAsync("/session");
        await refresh.WaitForCallsAsync(1, Stop);
        var written = farm.Store.Commands.Hold(StoreCommand.Set, place is SessionPlace.Server ? "" : ":session:", afterwards: true);

        var signOut = there.SendAsync(SignOutSite.LogoutPath);
        await written.Reached;
        refresh.Release();
        await site.Emulator.Requests.WaitForAsync(request => request.GrantType == "refresh_token", Stop);
        written.Release();
        there.Receive(await signOut);
        browser.Receive(await page);

        await site.UntilRevokedAsync(Late);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.False(there.HasSession);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(1, site.Revoked().Count(token => token == Late));
        Assert.InRange(site.Revoked().Count(token => token == session.AccessToken), 0, 1);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task A_page_that_was_refreshed_before_the_sign_out_and_responds_after_it_brings_nothing_back(bool expired, SessionPlace place)
    {
        var slow = new SlowPage();
        await using var farm = await StartAsync(place, setup => setup.Pages["/slow"] = slow.ServeAsync);
        var site = farm.First;
        var (browser, _) = await site.DueAsync(expired);
        var there = browser.Copy(farm.Second);
        site.RevokeNothing();
        site.Bring(Late, "late-refresh-token");
        var page = await slow.OpenAsync(browser);
        Assert.Equal(1, site.RefreshCalls);

        there.Receive(await there.SendAsync(SignOutSite.LogoutPath));
        slow.Respond();

        browser.Receive(await page);
        Assert.Null((await page).SessionCookie);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal([Late], site.Revoked());
    }

    // The end is known to nobody yet when the other process looks for it; then the sign-out, which waits for the lock, takes the outcome over.
    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_refresh_brings_is_revoked_once_whoever_sees_it_first(bool isSeen)
    {
        await using var farm = await StartAsync(SessionPlace.Cookie);
        var site = farm.First;
        var (browser, _) = await site.DueAsync(expired: true);
        var there = browser.Copy(farm.Second);
        site.RevokeNothing();
        site.Bring(Late, "late-refresh-token");
        using var refresh = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.SendAsync("/session");
        await refresh.WaitForCallsAsync(1, Stop);

        var waiting = site.Clock.NextTimer(TimeSpan.FromSeconds(66));
        var marked = isSeen ? null : farm.Store.Commands.Hold(StoreCommand.Set, ":session:");
        var signOut = there.SendAsync(SignOutSite.LogoutPath);
        if (marked is not null)
        {
            await marked.Reached;
            var looked = farm.Store.Commands.Next(StoreCommand.Get, ":session:");
            refresh.Release();
            await looked;
            marked.Release();
        }
        else
        {
            await waiting;
            refresh.Release();
        }

        there.Receive(await signOut);
        browser.Receive(await page);
        await site.UntilRevokedAsync(Late);
        Assert.Equal([Late], site.Revoked());
        Assert.Equal(1, site.RefreshCalls);
    }

    private static Task<Farm> StartAsync(SessionPlace place, Action<LifetimeSetup>? configure = null)
    {
        var sessions = new SessionStorage(place);
        return Farm.StartAsync(setup =>
        {
            configure?.Invoke(setup);
            setup.AddLogout();
            sessions.Configure(setup);
        });
    }
}
