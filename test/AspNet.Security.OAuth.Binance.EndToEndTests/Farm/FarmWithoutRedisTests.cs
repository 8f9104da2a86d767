using System.Net;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

/// <summary>
/// Redis is stopped and restarted. The sites keep running.
/// </summary>
[Collection(WebFarmGroup.Name)]
public sealed class FarmWithoutRedisTests
{
    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Redis_that_stops_during_a_refresh_ends_no_session()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation);
        var browser = farm.NewBrowser();
        await browser.SignInWithExpiredTokensAsync(farm.Sites[0]);

        // After the sign-in, which takes a lock, too.
        using var monitor = await RedisMonitor.StartAsync(farm.Redis.Port, cancellation);

        // One process holds the lock during its call; the two others poll for the lock.
        var responses = await Burst.SendTogetherAsync(farm, browser, 60, async () =>
        {
            await monitor.Commands.WaitAsync(
                commands => commands.Where(TriesToLock).CountBy(RedisMonitor.Client).Count(attempts => attempts.Value > 1) == 2, cancellation);
            await farm.Redis.StopAsync(keepData: false);
            await farm.WaitForWarningsAsync(count: 2, cancellation);
        });

        Assert.Equal(1, farm.RefreshCalls);
        Assert.All(responses, response => response.AssertSignedIn());
        await farm.WaitForWarningsAsync(count: 3, cancellation);

        await farm.RestartRedisAsync(farm.Sites, cancellation);
        await farm.AssertCanRefreshEverywhereAsync(browser, responses);
    }

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Requests_are_served_while_Redis_is_unavailable_and_it_is_used_again_afterwards()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation);
        var browser = farm.NewBrowser();
        await browser.SignInWithExpiredTokensAsync(farm.Sites[0]);
        await farm.Redis.StopAsync(keepData: false);

        var alone = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => browser.GetMeAsync(farm.Sites[1], browser.Session!)));
        Assert.All(alone, response => response.AssertSignedIn());
        Assert.Equal(1, farm.RefreshCalls);
        await farm.Sites[1].WaitForLinesAsync(FarmAssertions.Warning, 1, cancellation);
        await farm.AssertCanRefreshEverywhereAsync(browser, alone);

        // Redis is empty after the restart: the keys are in the memory of the processes.
        await farm.RestartRedisAsync(farm.Sites, cancellation);
        await farm.WaitForLogsAsync(cancellation);
        var warnings = farm.Sites.Sum(site => site.CountLines(FarmAssertions.Warning));
        await browser.ExpireTokensAsync();
        farm.Binance.Requests.Clear();

        var together = await Burst.SendTogetherAsync(farm, browser, 200);
        Assert.All(together, response => response.AssertSignedIn());
        Assert.Equal(1, farm.RefreshCalls);
        await farm.WaitForLogsAsync(cancellation);
        Assert.Equal(warnings, farm.Sites.Sum(site => site.CountLines(FarmAssertions.Warning)));
        await farm.AssertCanRefreshEverywhereAsync(browser, together);
    }

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Redis_that_does_not_respond_only_delays_a_refresh()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation);
        var browser = farm.NewBrowser();
        await browser.SignInWithExpiredTokensAsync(farm.Sites[0]);
        await farm.Redis.HangAsync(TimeSpan.FromMinutes(5));

        var response = await browser.GetMeAsync(farm.Sites[1], browser.Session!);

        response.AssertSignedIn();
        Assert.Equal(1, farm.RefreshCalls);
        await farm.Sites[1].WaitForLinesAsync(FarmAssertions.Warning, 1, cancellation);
    }

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Site_that_starts_while_Redis_is_unavailable_reads_no_session_until_it_is_available()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation);
        var browser = farm.NewBrowser();
        await browser.SignInAsync(farm.Sites[0], farm.Sites[0]);
        await farm.Redis.StopAsync(keepData: true);

        await using var late = await farm.StartSiteAsync(cancellation);
        Assert.Equal(HttpStatusCode.OK, (await farm.NewBrowser().GetAsync(late, "/")).Status);

        // The process cannot read the cookie and does not delete it: it is valid at the others, and here later.
        var response = await browser.GetAsync(late, "/api/me");
        Assert.Equal(HttpStatusCode.Unauthorized, response.Status);
        Assert.Null(response.Session);
        Assert.Equal(HttpStatusCode.InternalServerError, (await farm.NewBrowser().GetAsync(late, "/account/login")).Status);
        (await browser.GetAsync(farm.Sites[0], "/api/me")).AssertSignedIn();

        await farm.RestartRedisAsync([.. farm.Sites, late], cancellation);
        (await browser.GetAsync(late, "/api/me")).AssertSignedIn();
        Assert.Equal(HttpStatusCode.Redirect, (await farm.NewBrowser().GetAsync(late, "/account/login")).Status);
    }

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Users_sign_in_and_out_while_Redis_is_unavailable_and_the_other_processes_are_not_informed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation);

        // A process reads the keys when it first needs them.
        var earlier = farm.NewBrowser();
        await earlier.SignInAsync(farm.Sites[0], farm.Sites[1]);
        await earlier.AssertSignedInEverywhereAsync(farm);
        await farm.Redis.StopAsync(keepData: false);

        var browser = farm.NewBrowser();
        await browser.SignInAsync(farm.Sites[0], farm.Sites[1]);
        await browser.AssertSignedInEverywhereAsync(farm);
        await farm.Sites[1].WaitForLinesAsync(FarmAssertions.Warning, 1, cancellation);

        var copy = browser.Session!;
        var response = await browser.SignOutAsync(farm.Sites[2], farm.Sites[0]);
        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        Assert.InRange(response.Wait, TimeSpan.Zero, Limits.SignOut + Limits.BusyMachine);
        Assert.Null(browser.Session);
        Assert.False(farm.Binance.Tokens.IsLive(await farm.Tickets.AccessTokenAsync(copy)));

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetMeAsync(farm.Sites[0], copy)).Status);
        (await browser.GetMeAsync(farm.Sites[1], copy)).AssertSignedIn();
    }

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Two_processes_refresh_one_session_in_the_last_minute_of_its_token_while_Redis_is_unavailable()
    {
        await using var farm = await WebFarm.StartAsync(TestContext.Current.CancellationToken);
        var browser = farm.NewBrowser();
        await browser.SignInAsync(farm.Sites[0], farm.Sites[1]);
        await browser.AssertSignedInEverywhereAsync(farm);
        await browser.MakeTokensExpireSoonAsync();
        await farm.Redis.StopAsync(keepData: false);

        await browser.GetMeAsync(farm.Sites[0], browser.Session!);
        await browser.GetMeAsync(farm.Sites[1], browser.Session!);

        Assert.Equal(2, farm.RefreshCalls);
    }

    private static bool TriesToLock(string command) => command.Contains("\"NX\"", StringComparison.OrdinalIgnoreCase);
}
