using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

/// <summary>
/// Three processes whose sessions are in Redis.
/// </summary>
[Collection(WebFarmGroup.Name)]
public sealed class FarmServerSessionTests(SharedFarms farms)
{
    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Two_hundred_requests_at_once_over_three_processes_refresh_once_and_write_no_cookie()
    {
        var farm = await farms.GetAsync(onServer: true);

        // All before the first response, and without synchronization.
        foreach (var together in new[] { true, false })
        {
            var browser = farm.NewBrowser();
            await browser.SignInWithExpiredTokensAsync(farm.Sites[0]);
            var before = await farm.Tickets.AccessTokenAsync(browser.Session!);
            farm.Binance.Requests.Clear();

            var responses = await (together ? Burst.SendTogetherAsync(farm, browser, 200) : Burst.SendAsync(farm, browser, 200));

            Assert.Equal(1, farm.RefreshCalls);
            Assert.All(responses, response =>
            {
                response.AssertSignedIn();
                Assert.Empty(response.SetCookies);
            });
            var after = await farm.Tickets.AccessTokenAsync(browser.Session!);
            Assert.NotEqual(before, after);
            Assert.True(farm.Binance.Tokens.IsLive(after));
            await farm.AssertCanRefreshEverywhereAsync(browser);
        }
    }

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Session_survives_when_its_process_is_killed_during_a_refresh()
    {
        var farm = await farms.GetAsync(onServer: true);
        var browser = farm.NewBrowser();
        await browser.SignInWithExpiredTokensAsync(farm.Sites[0]);

        await DeadLockHolder.KillAsync(farm, browser, WebFarm.SessionsOnServer);
        await DeadLockHolder.EndLeaseAsync(farm);
        (await browser.GetMeAsync(farm.Sites[1], browser.Session!)).AssertSignedIn();

        await farm.AssertCanRefreshEverywhereAsync(browser);
    }
}
