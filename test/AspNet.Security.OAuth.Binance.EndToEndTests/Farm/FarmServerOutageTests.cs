using System.Net;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

/// <summary>
/// Redis, which holds the sessions, is stopped and restarted.
/// </summary>
[Collection(WebFarmGroup.Name)]
public sealed class FarmServerOutageTests
{
    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Request_with_a_session_gets_503_while_Redis_is_unavailable_and_is_signed_in_afterwards()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation, WebFarm.SessionsOnServer);
        var browser = farm.NewBrowser();
        await browser.SignInAsync(farm.Sites[0], farm.Sites[1]);
        var session = browser.Session;
        var other = farm.NewBrowser();
        var callback = await other.ConsentAsync(farm.Sites[0]);
        await farm.Redis.StopAsync(keepData: true);

        foreach (var site in farm.Sites)
        {
            AssertUnavailable(await browser.GetAsync(site, "/"));
            AssertUnavailable(await browser.GetAsync(site, "/profile"));
            AssertUnavailable(await browser.GetAsync(site, "/api/me"));
            Assert.Equal(HttpStatusCode.OK, (await farm.NewBrowser().GetAsync(site, "/")).Status);
        }

        var refused = await other.GetAsync(farm.Sites[0], callback);
        Assert.StartsWith("/account/failed?failure=unavailable", refused.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Null(other.Session);
        Assert.Equal(session, browser.Session);
        await farm.RestartRedisAsync(farm.Sites, cancellation);

        await browser.AssertSignedInEverywhereAsync(farm);
        await farm.AssertCanRefreshEverywhereAsync(browser);
    }

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Browser_is_signed_out_without_an_error_when_Redis_is_empty_after_a_restart()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation, WebFarm.SessionsOnServer);
        var browser = farm.NewBrowser();
        await browser.SignInAsync(farm.Sites[0], farm.Sites[1]);
        await farm.Redis.StopAsync(keepData: false);
        await farm.RestartRedisAsync(farm.Sites, cancellation);

        await browser.AssertSignedOutEverywhereAsync(farm, browser.Session!);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(farm.Sites[2], "/")).Status);

        await browser.SignInAsync(farm.Sites[1], farm.Sites[2]);
        await farm.AssertCanRefreshEverywhereAsync(browser);
    }

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Redis_that_does_not_respond_is_an_outage_and_ends_no_session()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation, WebFarm.SessionsOnServer);
        var browser = farm.NewBrowser();
        await browser.SignInAsync(farm.Sites[0], farm.Sites[1]);
        await farm.Redis.HangAsync(TimeSpan.FromMinutes(5));

        AssertUnavailable(await browser.GetAsync(farm.Sites[0], "/profile"));
        AssertUnavailable(await browser.GetAsync(farm.Sites[0], "/profile"));
        Assert.Equal(HttpStatusCode.OK, (await farm.NewBrowser().GetAsync(farm.Sites[0], "/")).Status);
    }

    private static void AssertUnavailable(SiteResponse response)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.Equal(TimeSpan.FromSeconds(5), response.RetryAfter);
        Assert.Contains("You are still signed in", response.Body, StringComparison.Ordinal);
        Assert.Empty(response.SetCookies);
    }
}
