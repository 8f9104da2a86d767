using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// A sign-out whose own request has nothing to refresh, while a background job has refreshed, or is refreshing, the session's tokens.
/// </summary>
public sealed class SignOutAfterBackgroundRefreshTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sign_out_waits_for_the_refresh_in_flight_and_revokes_the_token_that_it_brings()
    {
        await using var site = await LifetimeSite.StartAsync();
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

        Assert.False(browser.HasSession);
        AssertRevoked(site, (await job).AccessToken);
    }

    [Fact]
    public async Task Sign_out_revokes_the_newest_token_of_several_refreshes()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.SignedInAsync();
        var first = await site.Client.RefreshTokensAsync((await browser.SessionAsync()).RefreshToken!, cancellationToken: Stop);
        var second = await site.Client.RefreshTokensAsync(first.RefreshToken!, cancellationToken: Stop);

        await browser.GetAsync("/sign-out");

        AssertRevoked(site, second.AccessToken);
    }

    [Fact]
    public async Task Sign_out_revokes_the_newest_token_of_a_server_that_keeps_its_refresh_tokens()
    {
        await using var site = await LifetimeSite.StartAsync();
        site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var browser = await site.SignedInAsync();
        var newest = await site.Client.RefreshTokensAsync((await browser.SessionAsync()).RefreshToken!, cancellationToken: Stop);

        await browser.GetAsync("/sign-out");

        AssertRevoked(site, newest.AccessToken);
    }

    [Fact]
    public async Task Sign_out_revokes_the_token_that_a_job_on_another_process_has_refreshed()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.SignedInAsync();
        var newest = await farm.Second.Client.RefreshTokensAsync((await browser.SessionAsync()).RefreshToken!, cancellationToken: Stop);

        await browser.GetAsync("/sign-out");

        AssertRevoked(farm.First, newest.AccessToken);
    }

    [Fact]
    public async Task Sign_out_waits_for_the_refresh_for_half_of_its_time_and_then_revokes_the_token_that_it_has()
    {
        await using var site = await LifetimeSite.StartAsync();
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

        Assert.False(browser.HasSession);
        Assert.Empty(site.Logged(LogLevel.Error));
        AssertRevoked(site, session.AccessToken!);
        hold.Release();
        await Record.ExceptionAsync(() => job);
    }

    private static void AssertRevoked(LifetimeSite site, string accessToken)
    {
        var revocation = Assert.Single(site.Revocations);
        Assert.Equal("Bearer " + accessToken, revocation.Authorization);
        Assert.Equal(200, revocation.Status);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }
}
