using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;


namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A slow refresh while the access token is still valid, which is finally refused.
/// </summary>
public sealed class SlowStoredRefreshTests
{
    [Fact]
    public async Task Pages_use_the_old_token_until_Binance_refuses_the_refresh()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Binance = options => options.RefreshBeforeExpiration = TimeSpan.FromMinutes(5));
        var browser = await site.SignedInAsync();
        var before = (await browser.SessionAsync()).AccessToken;
        site.Clock.Pass(TestSite.TokenLifetime - TimeSpan.FromMinutes(2));

        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"error":"invalid_grant"}""", 400));
        List<Task<SiteResponse>> pages = [];
        for (var i = 0; i < 4; i++)
        {
            var waits = site.Clock.NextTimer(TimeSpan.FromSeconds(2));
            pages.Add(browser.SendAsync("/session"));
            await waits;
        }

        site.Clock.Pass(TimeSpan.FromSeconds(2));
        foreach (var page in await Task.WhenAll(pages))
        {
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Equal(before, page.Session.AccessToken);
            Assert.Empty(page.SetCookies);
        }

        hold.Release();
        while ((await browser.SessionAsync()).SignedIn)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        Assert.True(browser.HasSessionCookie);
        Assert.Equal(1, site.RefreshCalls);
    }
}
