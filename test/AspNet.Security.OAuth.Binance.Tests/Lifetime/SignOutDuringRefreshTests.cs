using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

public sealed class SignOutDuringRefreshTests
{
    [Fact]
    public async Task Sign_out_while_a_refresh_is_in_flight_ends_signed_out_with_the_newest_token_revoked_once()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();

        var (page, signOut) = await RefreshAndSignOutAsync(site, browser);
        browser.Receive(page);
        browser.Receive(signOut);

        Assert.False(browser.HasSession);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
        AssertNewestIsRevoked(site, page.Session.AccessToken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8 * 24)] // The cookie slides in the same request.
    public async Task The_cookie_does_not_come_back_when_the_page_s_answer_arrives_after_that_of_the_sign_out(int hours)
    {
        // The page is answered, with its cookie, before the sign-out goes on; the network lets the sign-out's answer overtake.
        var goOn = new TaskCompletionSource();
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnSigningOut = _ => goOn.Task);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromHours(hours));

        var (page, signOut) = await RefreshAndSignOutAsync(site, browser, goOn);
        browser.Receive(signOut);
        browser.Receive(page);
        Assert.True(browser.HasSession);

        var next = await browser.GetAsync("/session");
        Assert.False(next.Session.SignedIn);
        Assert.True(next.DeletesSessionCookie);
        Assert.False(browser.HasSession);
        Assert.Equal(1, site.RefreshCalls);
        AssertNewestIsRevoked(site, page.Session.AccessToken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8 * 24)] // The cookie slides in the same request.
    public async Task A_page_that_takes_long_does_not_bring_the_cookie_back(int hours)
    {
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var site = await LifetimeSite.StartAsync(setup => setup.Pages["/slow"] = async context =>
        {
            reached.SetResult();
            await go.Task;
            await context.Response.WriteAsync("at last", context.RequestAborted);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromHours(hours));

        var slow = browser.SendAsync("/slow");
        await reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        await browser.GetAsync("/sign-out");
        site.Clock.Pass(TimeSpan.FromMinutes(5));
        go.SetResult();
        browser.Receive(await slow);

        Assert.False(browser.HasSession);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Single(site.Revocations);
    }

    [Fact]
    public async Task Sign_in_again_right_after_works()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();

        var (page, signOut) = await RefreshAndSignOutAsync(site, browser);
        browser.Receive(signOut);
        browser.Receive(page);
        await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(2, site.RefreshCalls);
    }

    [Fact]
    public async Task A_request_that_refreshes_signs_out_and_signs_in_again_keeps_the_new_session()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Pages["/switch"] = async context =>
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
    public async Task Another_session_of_the_user_lives_on_though_the_server_gave_it_the_same_tokens()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Binance = options => options.RevokeOnSignOut = false);
        var same = site.Emulator.Tokens.Issue();
        var answer = $$"""{"access_token":"{{same.AccessToken}}","refresh_token":"{{same.RefreshToken}}","expires_in":3600}""";
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(answer), times: 3);
        var (one, other) = (await site.SignedInAsync(), await site.SignedInAsync());

        await one.GetAsync("/sign-out");

        Assert.True((await other.SessionAsync()).SignedIn);
        Assert.False((await one.SessionAsync()).SignedIn);

        // And so does the next session of this browser.
        await one.SignInAsync();
        Assert.Equal(same.AccessToken, (await one.SessionAsync()).AccessToken);
    }

    [Fact]
    public async Task Sign_out_with_an_expired_token_revokes_the_one_that_took_its_place()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();

        await browser.GetAsync("/sign-out");

        Assert.False(browser.HasSession);
        Assert.Equal(200, Assert.Single(site.Revocations).Status);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Fact]
    public async Task Sign_out_with_the_old_cookie_revokes_the_token_that_a_refresh_brought_a_moment_ago()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        var newest = (await browser.SendAsync("/session")).Session.AccessToken!;

        await browser.GetAsync("/sign-out");

        AssertNewestIsRevoked(site, newest);
    }

    [Fact]
    public async Task Sign_out_ends_while_the_refresh_hangs()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var signOut = browser.SendAsync("/sign-out");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        site.Clock.Pass(TimeSpan.FromSeconds(10));

        browser.Receive(await signOut);

        Assert.False(browser.HasSession);
        hold.Release();
        await site.Emulator.Requests.WaitForAsync(request => request.Endpoint == EmulatorEndpoint.Revoke, TestContext.Current.CancellationToken);
        AssertNewestIsRevoked(site, null);
    }

    // A page that refreshes and a sign-out, both on their way before the refresh is answered.
    private static async Task<(SiteAnswer Page, SiteAnswer SignOut)> RefreshAndSignOutAsync(
        LifetimeSite site, LifetimeBrowser browser, TaskCompletionSource? goOn = null)
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

    // A page whose session was signed out of while it was refreshed shows nobody. The server accepts a token that is live alone, which is
    // the newest.
    private static void AssertNewestIsRevoked(LifetimeSite site, string? newest)
    {
        var revocation = Assert.Single(site.Revocations);
        Assert.True(newest is null || revocation.Authorization == "Bearer " + newest);
        Assert.Equal(200, revocation.Status);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }
}
