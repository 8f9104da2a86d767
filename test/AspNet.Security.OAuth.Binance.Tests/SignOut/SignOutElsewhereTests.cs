using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// One process refreshes a page's session while the user signs out at the other process: the page does not restore the cookie, and the new
/// token is revoked once.
/// </summary>
public sealed class SignOutElsewhereTests
{
    private const string Late = RefreshingPage.Late;

    public static MatrixTheoryData<bool, SessionPlace> Sessions => new([false, true], Enum.GetValues<SessionPlace>());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Refresh_that_ends_after_the_sign_out_does_not_restore_the_session(bool expired, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(SignOutSite.Setup(place));
        var site = farm.First;
        using var refreshing = await RefreshingPage.OpenAsync(farm, expired);
        var (browser, there, session, page, hold) = refreshing;

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
    public async Task Refresh_that_ends_during_the_sign_out_does_not_restore_the_session(bool expired, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(SignOutSite.Setup(place));
        var site = farm.First;
        using var refreshing = await RefreshingPage.OpenAsync(farm, expired);
        var (browser, there, session, page, refresh) = refreshing;
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
        Assert.False(there.HasSessionCookie);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(1, site.Revoked().Count(token => token == Late));
        Assert.InRange(site.Revoked().Count(token => token == session.AccessToken), 0, 1);
    }

    // The sign-out has looked for newer tokens, and has not recorded yet that it revokes them.
    [Theory(Timeout = 40_000)]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.TicketStore)]
    [InlineData(SessionPlace.Server)]
    public async Task Tokens_of_a_refresh_that_ends_between_two_steps_of_the_sign_out_are_revoked(SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(SignOutSite.Setup(place));
        var site = farm.First;
        using var refreshing = await RefreshingPage.OpenAsync(farm, expired: false);
        var (browser, there, _, page, refresh) = refreshing;
        var ended = farm.Store.Commands.Hold(StoreCommand.Set, ":session:", afterwards: true);

        var signOut = there.SendAsync(SignOutSite.LogoutPath);
        await ended.Reached;
        var recorded = farm.Store.Commands.Hold(StoreCommand.Set, ":session:");
        ended.Release();
        await recorded.Reached;
        refresh.Release();
        browser.Receive(await page);
        recorded.Release();
        there.Receive(await signOut);

        await site.UntilRevokedAsync(Late);
        Assert.Equal([Late], site.Revoked());
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.False(there.HasSessionCookie);

        // The cache does not have the outcome of the refresh any more.
        Assert.All(farm.Store.Keys, key => Assert.DoesNotMatch("^AspNet\\.Security\\.OAuth\\.Binance:[0-9a-f]{64}$", key));
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Page_that_responds_after_the_sign_out_does_not_restore_the_session(bool expired, SessionPlace place)
    {
        var slow = new SlowPage();
        await using var farm = await Farm.StartAsync(SignOutSite.Setup(place, setup => setup.Pages["/slow"] = slow.ServeAsync));
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

    // The refreshing process may look for the end of the session before the sign-out has recorded it. Then the sign-out, which waits for the lock, revokes.
    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Token_of_a_late_refresh_is_revoked_once(bool refreshSeesTheEnd)
    {
        await using var farm = await Farm.StartAsync(SignOutSite.Setup(SessionPlace.Cookie));
        var site = farm.First;
        using var refreshing = await RefreshingPage.OpenAsync(farm, expired: true);
        var (browser, there, _, page, refresh) = refreshing;

        var waiting = site.Clock.NextTimer(TimeSpan.FromSeconds(66));
        var marked = refreshSeesTheEnd ? null : farm.Store.Commands.Hold(StoreCommand.Set, ":session:");
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

    [Fact(Timeout = 40_000)]
    public async Task Refresh_token_that_the_server_does_not_rotate_still_serves_another_session()
    {
        const string Shared = "shared-refresh-token";
        await using var farm = await Farm.StartAsync(SignOutSite.Setup(SessionPlace.Cookie));
        var site = farm.First;
        site.Bring(Shared);
        var browser = await site.SignedInAsync();
        site.Bring(Shared);
        var other = await farm.Second.SignedInAsync();
        site.Clock.Pass(StoreOutages.DueAge);
        var late = site.Bring(Shared);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, Stop);

        await browser.Copy(farm.Second).GetWithinLogoutAsync(site.Clock);
        hold.Release();
        await page;
        await site.UntilRevokedAsync(late);
        var others = site.Bring(Shared);

        Assert.Equal(others, (await other.SessionAsync()).AccessToken);
        Assert.Equal(2, site.RefreshCalls);
    }
}
