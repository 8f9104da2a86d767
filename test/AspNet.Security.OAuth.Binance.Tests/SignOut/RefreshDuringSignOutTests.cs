using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

public sealed class RefreshDuringSignOutTests
{
    [Fact]
    public async Task Sign_out_during_a_refresh_revokes_the_newest_token_once()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();

        var (page, signOut) = await RefreshAndSignOutAsync(site, browser);
        browser.Receive(page);
        browser.Receive(signOut);

        Assert.False(browser.HasSessionCookie);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
        AssertNewestIsRevoked(site, page.Session.AccessToken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8 * 24)] // The cookie slides in the same request.
    public async Task Cookie_of_a_late_response_is_rejected_after_the_sign_out(int hours)
    {
        // The page's response, with its cookie, is sent before that of the sign-out and reaches the browser after it.
        var goOn = new TaskCompletionSource();
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnSigningOut = _ => goOn.Task);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromHours(hours));

        var (page, signOut) = await RefreshAndSignOutAsync(site, browser, goOn);
        browser.Receive(signOut);
        browser.Receive(page);
        Assert.True(browser.HasSessionCookie);

        var next = await browser.GetAsync("/session");
        Assert.False(next.Session.SignedIn);
        Assert.True(next.DeletesSessionCookie);
        Assert.False(browser.HasSessionCookie);
        Assert.Equal(1, site.RefreshCalls);
        AssertNewestIsRevoked(site, page.Session.AccessToken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8 * 24)] // The cookie slides in the same request.
    public async Task Slow_page_does_not_restore_the_cookie_after_the_sign_out(int hours)
    {
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var site = await TestSite.StartAsync(setup => setup.Pages["/slow"] = async context =>
        {
            reached.SetResult();
            await go.Task;
            await context.Response.WriteAsync("a page", context.RequestAborted);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromHours(hours));

        var slow = browser.SendAsync("/slow");
        await reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        await browser.GetAsync("/sign-out");
        site.Clock.Pass(TimeSpan.FromMinutes(5));
        go.SetResult();
        browser.Receive(await slow);

        Assert.False(browser.HasSessionCookie);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Single(site.Revocations);
    }

    [Fact]
    public async Task New_sign_in_after_the_sign_out_works()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();

        var (page, signOut) = await RefreshAndSignOutAsync(site, browser);
        browser.Receive(signOut);
        browser.Receive(page);
        await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
        site.Clock.Pass(TestSite.TokenLifetime);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(2, site.RefreshCalls);
    }

    [Fact]
    public async Task Request_that_refreshes_signs_out_and_signs_in_keeps_the_new_session()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Pages["/switch"] = async context =>
        {
            var session = await context.AuthenticateAsync();
            await context.SignOutAsync();
            await context.SignInAsync(session.Principal!, new AuthenticationProperties());
        });
        var browser = await site.WithExpiredTokenAsync();

        await browser.GetAsync("/switch");

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Sign_out_keeps_another_session_with_the_same_tokens()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Binance = options => options.RevokeOnSignOut = false);
        var same = site.Emulator.Tokens.Issue();
        var response = $$"""{"access_token":"{{same.AccessToken}}","refresh_token":"{{same.RefreshToken}}","expires_in":3600}""";
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(response), times: 3);
        var (one, other) = (await site.SignedInAsync(), await site.SignedInAsync());

        await one.GetAsync("/sign-out");

        Assert.True((await other.SessionAsync()).SignedIn);
        Assert.False((await one.SessionAsync()).SignedIn);

        // A new session of this browser works with the same tokens as well.
        await one.SignInAsync();
        Assert.Equal(same.AccessToken, (await one.SessionAsync()).AccessToken);
    }

    [Fact]
    public async Task Sign_out_with_an_expired_token_revokes_the_refreshed_one()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();

        await browser.GetAsync("/sign-out");

        Assert.False(browser.HasSessionCookie);
        Assert.Equal(200, Assert.Single(site.Revocations).Status);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Fact]
    public async Task Sign_out_with_the_old_cookie_revokes_the_refreshed_token()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        var newest = (await browser.SendAsync("/session")).Session.AccessToken!;

        await browser.GetAsync("/sign-out");

        AssertNewestIsRevoked(site, newest);
    }

    // At the cookie's LogoutPath: elsewhere the request waits for the refresh first, and the sign-out does not.
    [Fact]
    public async Task Sign_out_ends_in_time_while_the_refresh_hangs()
    {
        await using var site = await TestSite.StartAsync(SignOutSite.AddLogout);
        var browser = await site.WithExpiredTokenAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var signOut = browser.SendAsync(SignOutSite.LogoutPath);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        await site.Clock.PassUpToAsync(signOut, SignOutSite.RevocationTimeout);
        browser.Receive(await signOut);

        Assert.False(browser.HasSessionCookie);
        hold.Release();
        await site.Emulator.Requests.WaitForAsync(request => request.Endpoint == EmulatorEndpoint.Revoke, TestContext.Current.CancellationToken);
        AssertNewestIsRevoked(site, null);
    }

    [Fact(Timeout = 40_000)]
    public async Task Tokens_of_a_refresh_that_takes_longer_than_BackchannelTimeout_are_revoked()
    {
        const string late = "late-access-token";
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.AddLogout();
            setup.Binance = options => options.BackchannelTimeout = TimeSpan.FromSeconds(1);
        });
        var (browser, session) = await site.DueAsync(expired: false);
        site.RevokeNothing();
        site.Bring(late, "late-refresh-token");
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.Copy().SendAsync("/session");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        await browser.GetWithinLogoutAsync(site.Clock);
        Assert.Equal([session.AccessToken!], site.Revoked());
        hold.Release();

        await site.UntilRevokedAsync(late);
        await page;
    }

    // A page that refreshes, and a sign-out that arrives before the token endpoint responds.
    private static async Task<(SiteResponse Page, SiteResponse SignOut)> RefreshAndSignOutAsync(
        TestSite site, SiteBrowser browser, TaskCompletionSource? goOn = null)
    {
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        var arrived = site.Requests.Next(1);
        var signOut = browser.SendAsync("/sign-out");
        await arrived;
        hold.Release();
        await page;
        goOn?.SetResult();
        return (await page, await signOut);
    }

    // A page may have no session, and no token, after the sign-out. The emulator accepts the revocation of a live token only, which is the
    // newest one.
    private static void AssertNewestIsRevoked(TestSite site, string? newest)
    {
        var revocation = Assert.Single(site.Revocations);
        Assert.True(newest is null || revocation.Authorization == "Bearer " + newest);
        Assert.Equal(200, revocation.Status);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }
}
