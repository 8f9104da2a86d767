using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// A sign-out whose tokens are not due, after or during the refresh of a background job.
/// </summary>
public sealed class SignOutAfterBackgroundRefreshTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sign_out_waits_for_the_refresh_in_progress_and_revokes_its_token()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.SignedInAsync();
        var refreshToken = (await browser.SessionAsync()).RefreshToken!;
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var job = site.Client.RefreshTokensAsync(refreshToken, cancellationToken: Stop);
        await hold.WaitForCallsAsync(1, Stop);

        var waiting = site.Clock.NextTimer(TimeSpan.FromSeconds(5));
        var signOut = browser.SendAsync("/sign-out");
        await waiting;
        hold.Release();
        browser.Receive(await signOut);

        Assert.False(browser.HasSessionCookie);
        AssertRevoked(site, (await job).AccessToken);
    }

    [Fact]
    public async Task Sign_out_revokes_the_newest_token_of_several_refreshes()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.SignedInAsync();
        var first = await site.Client.RefreshTokensAsync((await browser.SessionAsync()).RefreshToken!, cancellationToken: Stop);
        var second = await site.Client.RefreshTokensAsync(first.RefreshToken!, cancellationToken: Stop);

        await browser.GetAsync("/sign-out");

        AssertRevoked(site, second.AccessToken);
    }

    [Fact]
    public async Task Sign_out_revokes_the_newest_token_when_the_server_does_not_rotate_refresh_tokens()
    {
        await using var site = await TestSite.StartAsync();
        site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var browser = await site.SignedInAsync();
        var newest = await site.Client.RefreshTokensAsync((await browser.SessionAsync()).RefreshToken!, cancellationToken: Stop);

        await browser.GetAsync("/sign-out");

        AssertRevoked(site, newest.AccessToken);
    }

    [Fact]
    public async Task Sign_out_revokes_the_token_that_another_process_has_refreshed()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.SignedInAsync();
        var newest = await farm.Second.Client.RefreshTokensAsync((await browser.SessionAsync()).RefreshToken!, cancellationToken: Stop);

        await browser.GetAsync("/sign-out");

        AssertRevoked(farm.First, newest.AccessToken);
    }

    [Fact]
    public async Task Sign_out_revokes_the_newest_token_of_several_refreshes_of_another_process()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.SignedInAsync();
        var first = await farm.Second.Client.RefreshTokensAsync((await browser.SessionAsync()).RefreshToken!, cancellationToken: Stop);
        var second = await farm.Second.Client.RefreshTokensAsync(first.RefreshToken!, cancellationToken: Stop);

        await browser.GetAsync("/sign-out");

        AssertRevoked(farm.First, second.AccessToken);
    }

    // The server does not rotate refresh tokens: the session's own refresh and that of the job have the same refresh token.
    [Fact]
    public async Task Sign_out_revokes_the_newest_token_although_the_outcome_of_an_earlier_refresh_has_expired()
    {
        await using var site = await TestSite.StartAsync();
        site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var browser = await site.WithExpiredTokenAsync();
        var refreshToken = (await browser.SessionAsync()).RefreshToken!;
        site.Clock.Pass(TimeSpan.FromMinutes(9));
        var newest = await site.Client.RefreshTokensAsync(refreshToken, cancellationToken: Stop);
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        await browser.GetAsync("/sign-out");

        Assert.Equal([newest.AccessToken], site.Revoked());
        Assert.Equal(2, site.RefreshCalls);
    }

    [Fact]
    public async Task Sign_out_waits_for_the_refresh_for_half_of_RevocationTimeout_and_revokes_the_old_token()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.SignedInAsync();
        var session = await browser.SessionAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var job = site.Client.RefreshTokensAsync(session.RefreshToken!, cancellationToken: Stop);
        await hold.WaitForCallsAsync(1, Stop);

        var waiting = site.Clock.NextTimer(TimeSpan.FromSeconds(2.5));
        var signOut = browser.SendAsync("/sign-out");
        await waiting;
        site.Clock.Pass(TimeSpan.FromSeconds(2.5));
        browser.Receive(await signOut);

        Assert.False(browser.HasSessionCookie);
        Assert.Empty(site.Logged(LogLevel.Error));
        AssertRevoked(site, session.AccessToken!);
        hold.Release();
        await Record.ExceptionAsync(() => job);
    }

    private static void AssertRevoked(TestSite site, string accessToken)
    {
        var revocation = Assert.Single(site.Revocations);
        Assert.Equal("Bearer " + accessToken, revocation.Authorization);
        Assert.Equal(200, revocation.Status);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }
}
