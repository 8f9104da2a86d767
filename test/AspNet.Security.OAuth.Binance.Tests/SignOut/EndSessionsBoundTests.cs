using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// Server sessions end within <see cref="BinanceAuthenticationOptions.RevocationTimeout"/>, by a sign-out or by <see cref="BinanceSessions"/>, which
/// revokes a limited number of tokens at a time.
/// </summary>
public sealed class EndSessionsBoundTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // SignOutAsync throws when the cache, which holds the session, is unavailable.
    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sign_out_of_a_server_session_ends_in_time_when_the_cache_starts_to_hang(bool expired)
    {
        SharedStore? store = null;
        var before = 0;
        await using var site = await ServerSite.StartAsync(setup => setup.Pages[SignOutSite.LogoutPath] = async context =>
        {
            await context.AuthenticateAsync();
            before = store!.Commands.Count;
            store.Commands.Hang();
            try
            {
                await context.SignOutAsync("Cookies");
            }
            catch (Exception)
            {
                context.Response.StatusCode = 503;
            }
        });
        store = site.Store();
        var (browser, _) = await site.DueAsync(expired);

        var signOut = browser.SendAsync(SignOutSite.LogoutPath);
        await site.Clock.PassUpToAsync(signOut, SignOutSite.RevocationTimeout);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await signOut).Status);
        Assert.True(store.Commands.Count > before);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EndAllAsync_ends_in_time_when_both_endpoints_are_slow(bool expired)
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var site = farm.First;
        for (var i = 0; i < 5; i++)
        {
            await site.SignedInAsync();
        }

        site.Clock.Pass(expired ? TestSite.TokenLifetime : StoreOutages.DueAge);
        using var refresh = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var revocation = site.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);
        var end = site.EndAllAsync();
        await (expired ? refresh : revocation).WaitForCallsAsync(1, Stop);

        await site.Clock.PassUpToAsync(end, SignOutSite.RevocationTimeout);

        Assert.Empty(farm.Store.Tickets());
    }

    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EndAllAsync_leaves_no_live_token_when_the_slow_endpoint_responds(bool expired)
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var site = farm.First;
        var browsers = new List<SiteBrowser>();
        for (var i = 0; i < 3; i++)
        {
            browsers.Add(await site.SignedInAsync());
        }

        site.Clock.Pass(expired ? TestSite.TokenLifetime : StoreOutages.DueAge);
        using (var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token))
        {
            var end = site.EndAllAsync();
            if (expired)
            {
                await hold.WaitForCallsAsync(1, Stop);
            }

            await site.Clock.PassUpToAsync(end, SignOutSite.RevocationTimeout);
        }

        await site.Emulator.Requests.WaitForAsync(_ => site.Revoked().Count >= 3, Stop);
        Assert.Equal(expired ? 3 : 0, site.RefreshCalls);
        Assert.Equal(3, site.Revoked().Distinct().Count());
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        foreach (var browser in browsers)
        {
            Assert.False((await browser.SessionAsync()).SignedIn);
        }
    }

    // Binance limits the rate of requests.
    [Fact(Timeout = 40_000)]
    public async Task EndAllAsync_revokes_sixteen_tokens_at_a_time()
    {
        await using var site = await ServerSite.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await site.SignedInAsync();
        }

        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);
        var end = site.EndAllAsync();
        await hold.WaitForCallsAsync(16, Stop);
        Assert.Equal(16, hold.Arrived);
        hold.Release();
        await end;

        Assert.Equal(20, site.Revoked().Distinct().Count());
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task EndAsync_and_EndAllAsync_end_in_time_when_the_lock_hangs_and_the_revocation_endpoint_is_slow(bool all, bool expired)
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var (site, browser) = (farm.First, (await farm.First.DueAsync(expired)).Browser);
        var id = Assert.Single(await site.ListAsync()).Id;
        farm.Begin(StoreOutage.LockHangs);
        using var revocation = site.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);

        await site.Clock.PassUpToAsync(all ? site.EndAllAsync() : site.EndAsync(id), SignOutSite.RevocationTimeout);

        Assert.Empty(farm.Store.Tickets());
        Assert.False((await browser.SessionAsync()).SignedIn);
        farm.Recover();
    }
}
