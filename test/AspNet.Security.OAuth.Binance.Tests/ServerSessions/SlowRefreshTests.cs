using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A refresh that takes long while the access token is good, and that is refused in the end.
/// </summary>
public sealed class SlowRefreshTests
{
    [Fact]
    public async Task Pages_go_on_with_the_old_token_and_the_session_is_over_when_Binance_has_refused()
    {
        await using var site = await ApplicationSites.StartAsync(setup => setup.Binance = options => options.RefreshBeforeExpiration = TimeSpan.FromMinutes(5));
        var browser = await site.SignedInAsync();
        var before = (await browser.SessionAsync()).AccessToken;
        site.Clock.Pass(LifetimeSite.TokenLifetime - TimeSpan.FromMinutes(2));

        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"error":"invalid_grant"}""", 400));
        List<Task<SiteAnswer>> pages = [];
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

        Assert.True(browser.HasSession);
        Assert.Equal(1, site.RefreshCalls);
    }
}
