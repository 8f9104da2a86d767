using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// A server gives two sessions of a user, in two browsers, one refresh token: which access tokens the sign-out of one of them revokes, and which
/// outcomes of a refresh the other one still uses.
/// </summary>
public sealed class SharedRefreshTokenRevocationTests
{
    private const string Shared = "shared-refresh-token";
    private const string Next = "next-refresh-token";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 40_000)]
    public async Task Sign_out_that_waits_for_the_refresh_of_the_other_session_does_not_revoke_its_token()
    {
        await using var site = await TestSite.StartAsync(SignOutSite.AddLogout);
        var (one, other, _) = await SignInAsync(site, TestSite.TokenLifetime);
        var renewed = site.Bring(Next);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var (page, otherPage) = await OpenBothAsync(site, hold, one, other, StoreOutages.LongestWait);

        // After half of its time the sign-out does not look for newer tokens any more. Its access token has expired, so that it waits for the refresh.
        var (looks, follows) = (site.Clock.NextTimer(SignOutSite.RevocationTimeout / 2), site.Clock.NextTimer(StoreOutages.LongestWait));
        var signOut = other.Copy().SendAsync(SignOutSite.LogoutPath);
        await looks;
        await follows;
        site.Clock.Pass(SignOutSite.RevocationTimeout / 2);
        hold.Release();
        await signOut;

        Assert.Empty(site.Revoked());
        Assert.Equal(renewed, (await page).Session.AccessToken);
        await otherPage;
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task Sign_out_that_learns_the_outcome_of_the_other_session_s_refresh_revokes_its_own_token()
    {
        await using var site = await TestSite.StartAsync(SignOutSite.AddLogout);
        var (one, other, othersToken) = await SignInAsync(site, StoreOutages.DueAge);
        var renewed = site.Bring(Next);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var (page, otherPage) = await OpenBothAsync(site, hold, one, other, StoreOutages.GoodWait);

        var follows = site.Clock.NextTimer(StoreOutages.LongestWait);
        var signOut = other.Copy().SendAsync(SignOutSite.LogoutPath);
        await follows;
        hold.Release();
        await signOut;

        Assert.Equal([othersToken], site.Revoked());
        Assert.Equal(renewed, (await page).Session.AccessToken);
        await otherPage;
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task Sign_out_at_a_process_that_took_the_other_session_s_tokens_from_the_cache_revokes_its_own_token()
    {
        await using var farm = await Farm.StartAsync(SignOutSite.AddLogout);
        var site = farm.First;
        var (one, other, othersToken) = await SignInAsync(site, StoreOutages.DueAge);
        var renewed = site.Bring(Next);
        Assert.Equal(renewed, (await one.SessionAsync()).AccessToken);
        var there = other.Copy(farm.Second);
        Assert.Equal(renewed, (await there.SendAsync("/session")).Session.AccessToken);

        // The browser has not received that response.
        await there.GetWithinLogoutAsync(site.Clock);

        Assert.Equal([othersToken], site.Revoked());
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task Sign_out_with_the_old_cookie_revokes_the_new_token_only_for_the_session_that_has_refreshed()
    {
        await using var site = await TestSite.StartAsync(SignOutSite.AddLogout);
        var (one, other, othersToken) = await SignInAsync(site, StoreOutages.DueAge);
        var renewed = site.Bring(Next);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var (page, otherPage) = await OpenBothAsync(site, hold, one, other, StoreOutages.GoodWait);
        hold.Release();
        Assert.Equal(renewed, (await page).Session.AccessToken);
        Assert.Equal(renewed, (await otherPage).Session.AccessToken);

        // The browsers have not received these responses.
        await other.GetWithinLogoutAsync(site.Clock);
        Assert.Equal([othersToken], site.Revoked());
        await one.GetWithinLogoutAsync(site.Clock);

        Assert.Equal([othersToken, renewed], site.Revoked());
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task Token_of_the_token_service_is_not_given_to_the_other_session_after_the_sign_out_that_revoked_it()
    {
        await using var site = await TestSite.StartAsync(SignOutSite.AddLogout);
        var (one, other, _) = await SignInAsync(site, StoreOutages.DueAge);
        var shared = site.Bring(Shared);
        await site.Client.RefreshTokensAsync(Shared, cancellationToken: Stop);
        Assert.Equal(shared, (await one.SessionAsync()).AccessToken);

        await one.GetWithinLogoutAsync(site.Clock);

        Assert.Equal([shared], site.Revoked());
        var others = site.Bring(Shared);
        Assert.Equal(others, (await other.SessionAsync()).AccessToken);
        Assert.Equal(2, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task Failed_refresh_of_the_token_service_is_not_repeated_by_the_other_session_after_a_sign_out()
    {
        await using var site = await TestSite.StartAsync(SignOutSite.AddLogout);
        var (one, other, _) = await SignInAsync(site, StoreOutages.DueAge);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        await Assert.ThrowsAsync<BinanceAuthenticationException>(() => site.Client.RefreshTokensAsync(Shared, cancellationToken: Stop));

        await one.GetWithinLogoutAsync(site.Clock);

        Assert.Single(site.Revoked());
        Assert.True((await other.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    // The page is aborted, so that its process does not read the end of the session before it responds.
    [Fact(Timeout = 40_000)]
    public async Task Token_that_is_revoked_after_a_sign_out_at_another_process_is_not_given_to_the_other_session()
    {
        await using var farm = await Farm.StartAsync(SignOutSite.AddLogout);
        var site = farm.First;
        var (one, other, _) = await SignInAsync(site, StoreOutages.DueAge);
        var renewed = site.Bring(Next);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var closing = new CancellationTokenSource();
        var page = one.SendUntilAsync("/session", closing.Token);
        await hold.WaitForCallsAsync(1, Stop);
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page);

        await one.Copy(farm.Second).GetWithinLogoutAsync(site.Clock);
        hold.Release();
        await site.UntilRevokedAsync(renewed);

        Assert.NotEqual(renewed, (await other.SessionAsync()).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
    }

    // Two browsers, whose access tokens have this age, and the access token of the second one.
    private static async Task<(SiteBrowser One, SiteBrowser Other, string OthersToken)> SignInAsync(TestSite site, TimeSpan age)
    {
        site.Bring(Shared);
        var one = await site.SignedInAsync();
        var othersToken = site.Bring(Shared);
        var other = await site.SignedInAsync();
        site.Clock.Pass(age);
        return (one, other, othersToken);
    }

    // Sends a request of each browser, of which the second waits for the refresh of the first one.
    private static async Task<(Task<SiteResponse> Page, Task<SiteResponse> OtherPage)> OpenBothAsync(
        TestSite site, EmulatorHold hold, SiteBrowser one, SiteBrowser other, TimeSpan longest)
    {
        var page = await OpenAsync(site, one, longest);
        await hold.WaitForCallsAsync(1, Stop);
        return (page, await OpenAsync(site, other, longest));
    }

    // Sends a request, and returns when it waits for a refresh.
    private static async Task<Task<SiteResponse>> OpenAsync(TestSite site, SiteBrowser browser, TimeSpan longest)
    {
        var waits = site.Clock.NextTimer(longest);
        var page = browser.SendAsync("/session");
        await waits;
        return page;
    }
}
