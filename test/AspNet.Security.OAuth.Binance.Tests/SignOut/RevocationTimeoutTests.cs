using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// What counts for <see cref="BinanceAuthenticationOptions.RevocationTimeout"/> when the access token has expired: the waits of the whole request.
/// </summary>
public sealed class RevocationTimeoutTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // The refresh, of the sign-out or of the request before its page signs out, takes 3 of the 5 s: 2 s are left for the revocation.
    [Theory(Timeout = 40_000)]
    [InlineData(SignOutSite.LogoutPath)]
    [InlineData(SignOutSite.OtherPath)]
    public async Task Refresh_and_revocation_count_together(string path)
    {
        await using var site = await StartAsync();
        var (browser, _) = await site.DueAsync(expired: true);
        using var refresh = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var revocation = site.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);
        var signOut = browser.SendAsync(path);
        await refresh.WaitForCallsAsync(1, Stop);
        site.Clock.Pass(TimeSpan.FromSeconds(3));
        refresh.Release();
        await revocation.WaitForCallsAsync(1, Stop);

        await site.Clock.PassUpToAsync(signOut, TimeSpan.FromSeconds(2));

        Assert.True((await signOut).DeletesSessionCookie);
    }

    [Fact(Timeout = 40_000)]
    public async Task Sign_out_does_not_wait_after_a_refresh_that_took_longer()
    {
        await using var site = await StartAsync();
        var (browser, _) = await site.DueAsync(expired: true);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var signOut = browser.SendAsync(SignOutSite.OtherPath);
        await hold.WaitForCallsAsync(1, Stop);

        await site.Clock.PassUpToAsync(signOut, StoreOutages.LongestWait);

        Assert.True((await signOut).DeletesSessionCookie);
    }

    [Fact(Timeout = 40_000)]
    public async Task Revocation_that_continues_after_the_response_is_one_warning()
    {
        await using var site = await StartAsync();
        var (browser, _) = await site.DueAsync(expired: true);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var signOut = browser.SendAsync(SignOutSite.LogoutPath);
        await hold.WaitForCallsAsync(1, Stop);

        await site.Clock.PassUpToAsync(signOut, SignOutSite.RevocationTimeout);

        Assert.True((await signOut).DeletesSessionCookie);
        Assert.Equal("RevocationFailed", Assert.Single(site.Logged(LogLevel.Warning)).Id.Name);
    }

    [Fact(Timeout = 40_000)]
    public async Task Time_limit_of_the_application_applies()
    {
        await using var site = await StartAsync(setup => setup.Binance = options => options.RevocationTimeout = TimeSpan.FromSeconds(1));
        var (browser, _) = await site.DueAsync(expired: true);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var signOut = browser.SendAsync(SignOutSite.LogoutPath);
        await hold.WaitForCallsAsync(1, Stop);

        await site.Clock.PassUpToAsync(signOut, TimeSpan.FromSeconds(1));

        Assert.True((await signOut).DeletesSessionCookie);
    }

    private static Task<TestSite> StartAsync(Action<SiteSetup>? configure = null) => TestSite.StartAsync(SignOutSite.Setup(SessionPlace.Cookie, configure));
}
