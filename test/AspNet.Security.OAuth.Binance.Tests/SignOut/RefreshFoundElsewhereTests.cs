using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// A refresh and a sign-out in two processes, which both know the new token: one of them revokes it, and nobody else gets it.
/// </summary>
public sealed class RefreshFoundElsewhereTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // The outcome is in the cache, and the process that wrote it has not looked for the end of the session yet.
    [Fact(Timeout = 40_000)]
    public async Task Token_that_the_sign_out_has_found_is_not_revoked_by_the_process_that_refreshed_it()
    {
        await using var farm = await Farm.StartAsync(SignOutSite.Setup(SessionPlace.Cookie));
        using var refreshing = await RefreshingPage.OpenAsync(farm, expired: false);
        var (browser, there, _, page, refresh) = refreshing;
        var looks = farm.Store.Commands.Hold(StoreCommand.Get, ":session:");
        refresh.Release();
        await looks.Reached;

        there.Receive(await there.SendAsync(SignOutSite.LogoutPath));
        looks.Release();
        browser.Receive(await page);

        Assert.Equal([RefreshingPage.Late], farm.First.Revoked());
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    // The sign-out has found no outcome, and refreshes an expired token in order to revoke the new one. Now the other process writes its outcome.
    [Fact(Timeout = 40_000)]
    public async Task Token_of_a_refresh_whose_process_finds_the_end_of_the_session_is_not_revoked_by_the_sign_out()
    {
        await using var farm = await Farm.StartAsync(SignOutSite.Setup(SessionPlace.Cookie));
        var (site, commands) = (farm.First, farm.Store.Commands);
        using var refreshing = await RefreshingPage.OpenAsync(farm, expired: true);
        var (browser, there, _, page, refresh) = refreshing;
        var ended = commands.Hold(StoreCommand.Set, ":session:", afterwards: true);
        var signOut = there.SendAsync(SignOutSite.LogoutPath);
        await ended.Reached;
        var recorded = commands.Hold(StoreCommand.Set, ":session:", afterwards: true);
        ended.Release();
        await recorded.Reached;
        var finds = commands.Hold(StoreCommand.Get, "", afterwards: true);
        recorded.Release();
        await finds.Reached;
        var looks = commands.Hold(StoreCommand.Get, ":session:");
        refresh.Release();
        await looks.Reached;

        // It waits for the lock. If it removed the outcome, it would revoke.
        var (waits, removes) = (site.Clock.NextTimer(TimeSpan.FromSeconds(66)), commands.Hold(StoreCommand.Remove, ""));
        finds.Release();
        await Task.WhenAny(waits, removes.Reached);
        looks.Release();
        browser.Receive(await page);
        removes.Release();
        there.Receive(await signOut);

        Assert.Equal([RefreshingPage.Late], site.Revoked());
        Assert.Equal(1, site.RefreshCalls);
        Assert.False(there.HasSessionCookie);
    }

    [Fact(Timeout = 40_000)]
    public async Task Token_of_a_job_that_a_sign_out_revoked_is_not_given_to_another_process()
    {
        await using var farm = await Farm.StartAsync(SignOutSite.AddLogout);
        var site = farm.First;
        site.RevokeNothing();
        var browser = await site.SignedInAsync();
        var refreshToken = (await browser.SessionAsync()).RefreshToken!;
        site.Bring(RefreshingPage.Late, "late-refresh-token");
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var job = site.Client.RefreshTokensAsync(refreshToken, cancellationToken: Stop);
        await hold.WaitForCallsAsync(1, Stop);

        await browser.GetWithinLogoutAsync(site.Clock);
        hold.Release();
        Assert.Equal(RefreshingPage.Late, (await job).AccessToken);
        await site.UntilRevokedAsync(RefreshingPage.Late);

        Assert.NotEqual(RefreshingPage.Late, (await farm.Second.Client.RefreshTokensAsync(refreshToken, cancellationToken: Stop)).AccessToken);
        Assert.Equal(2, site.RefreshCalls);
    }
}
