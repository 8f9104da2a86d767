using System.Net;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Rows;

/// <summary>
/// Sixty concurrent requests at three processes, whose connections to the stores are closed.
/// </summary>
[Collection(WebFarmGroup.Name)]
public sealed class FarmConnectionLossTests
{
    public static TheoryData<bool, int> Sessions => Repetitions.Of(false, true);

    [Theory(Timeout = WebFarm.Timeout)]
    [MemberData(nameof(Sessions))]
    public async Task Closed_connections_to_Redis_cause_no_second_refresh(bool onServer, int repetition)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(LockStore.Redis, cancellation, WebFarm.Sessions(onServer));
        await ConnectAsync(farm);

        // No further wait after the reconnection: no request has failed, so no process has paused its use of Redis.
        await BurstAsync(farm, "Redis connections end", onServer, repetition, before: EndAsync);
        await BurstAsync(farm, "Redis connections have ended and are back", onServer, repetition, before: async () =>
        {
            await farm.WaitForLogsAsync(cancellation);
            await farm.Sites.ReconnectAsync(EndAsync, cancellation);
        });
        await BurstAsync(farm, "Redis connections end in the middle", onServer, repetition, during: EndAsync);

        async Task EndAsync() => Assert.InRange(await farm.Redis.EndConnectionsAsync(), farm.Sites.Count, int.MaxValue);
    }

    [Theory(Timeout = WebFarm.Timeout)]
    [MemberData(nameof(Sessions))]
    public async Task Closed_connections_to_PostgreSQL_cause_no_second_refresh(bool onServer, int repetition)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(LockStore.Postgres, cancellation, WebFarm.Sessions(onServer));
        await ConnectAsync(farm);

        // Clients notice at their next command. Not during the requests: a lock ends with its connection, also while the call continues.
        await BurstAsync(farm, "PostgreSQL connections end", onServer, repetition, before: async () =>
            Assert.InRange(await farm.Postgres!.EndConnectionsAsync(idleOnly: true, cancellation), farm.Sites.Count, int.MaxValue));
        await BurstAsync(farm, "PostgreSQL has been restarted", onServer, repetition, before: async () =>
        {
            await farm.Postgres!.StopAsync();
            await farm.Postgres.RestartAsync(cancellation);
        });
    }

    private static async Task BurstAsync(WebFarm farm, string what, bool onServer, int repetition, Func<Task>? before = null, Func<Task>? during = null)
    {
        using var row = new FarmRow(farm, $"{what}, sessions {(onServer ? "on the server" : "in the cookie")}", repetition);
        var browser = farm.NewBrowser();
        await browser.SignInAsync(farm.Sites[0], farm.Sites[0]);
        await browser.MakeTokensDueAsync();
        farm.Binance.Requests.Clear();

        await (before?.Invoke() ?? Task.CompletedTask);
        var burst = Burst.SendAsync(farm, browser, 60);
        await (during?.Invoke() ?? Task.CompletedTask);
        browser.Take(IsServed(onServer, row.Add(await burst)));

        // On a busy machine a new connection may take longer than the retries. Requests with a session on the server then get 503, and those
        // with a session in the cookie keep their tokens for the moment.
        await Retry.UntilAsync("the tokens are refreshed", Limits.FailureIsKept + Limits.SeveralRequests, async () =>
        {
            if (farm.RefreshCalls == 0)
            {
                browser.Take(IsServed(onServer, row.Add(await Burst.SendAsync(farm, browser, farm.Sites.Count))));
            }

            return farm.RefreshCalls > 0;
        });

        Assert.Equal(1, row.CountRefreshes());
        foreach (var site in farm.Sites)
        {
            await Retry.UntilAsync($"{site.Address} has its connection", Limits.SeveralRequests, async () =>
            {
                var served = IsServed(onServer, row.Add(await browser.GetAsync(site, "/api/me")));
                return served[0].Status is HttpStatusCode.OK;
            });
        }

        await row.AssertNotLostAsync(browser);
    }

    private static SiteResponse[] IsServed(bool onServer, SiteResponse[] responses)
    {
        Assert.All(responses.Where(response => !onServer || response.Status is not HttpStatusCode.ServiceUnavailable), response => response.AssertSignedIn());
        Assert.All(responses, response => Assert.InRange(response.Wait, TimeSpan.Zero, Limits.StoreHangs + Limits.BusyMachine));
        return responses;
    }

    // Each process uses its lock, whose connection is then idle in a pool.
    private static async Task ConnectAsync(WebFarm farm)
    {
        foreach (var site in farm.Sites)
        {
            var earlier = farm.NewBrowser();
            await earlier.SignInWithExpiredTokensAsync(site);
            (await earlier.GetAsync(site, "/api/me")).AssertSignedIn();
        }
    }
}
