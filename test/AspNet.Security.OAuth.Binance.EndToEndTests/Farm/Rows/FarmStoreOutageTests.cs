using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Rows;

/// <summary>
/// The cache or the lock is unavailable while the tokens of a session are due.
/// </summary>
[Collection(WebFarmGroup.Name)]
public sealed class FarmStoreOutageTests
{
    // Longer than the requests of a test take.
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(6);

    public static TheoryData<StoreFailure, bool, int> Failures => Repetitions.Of(
        (StoreFailure.RedisStopped, false),
        (StoreFailure.RedisPauses, false),
        (StoreFailure.RedisSleeps, false),
        (StoreFailure.RedisHangs, false),
        (StoreFailure.PostgresStopped, false),
        (StoreFailure.PostgresHangs, false),
        (StoreFailure.PostgresStopped, true),
        (StoreFailure.PostgresHangs, true));

    public static TheoryData<StoreFailure, bool, int> Stops => Repetitions.Of(
        (StoreFailure.RedisStopped, false), (StoreFailure.PostgresStopped, true));

    [Theory(Timeout = WebFarm.Timeout)]
    [MemberData(nameof(Failures))]
    public async Task Valid_token_is_refreshed_once_when_the_store_is_available_again(StoreFailure failure, bool onServer, int repetition)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await StartAsync(failure, onServer, cancellation);
        using var row = new FarmRow(farm, Kind(failure, onServer), repetition);
        var browser = await SignInAsync(farm);
        await browser.MakeTokensDueAsync();
        var before = await farm.Tickets.AccessTokenAsync(browser.Session!);
        farm.Binance.Requests.Clear();
        var repair = await FailAsync(farm, failure, cancellation);

        row.AddSignedIn(Limits.StoreHangs, await Burst.SendAsync(farm, browser, 30));
        row.AddAtOnce(await Burst.SendAsync(farm, browser, 30));
        Assert.Equal(0, farm.RefreshCalls);
        await farm.WaitForLogsAsync(cancellation);
        Assert.All(farm.Sites, site => Assert.InRange(site.CountLines(FarmAssertions.Warning), 0, 1));

        await repair();
        await row.UntilRefreshedAsync(browser, before, Limits.StoreHangs, within: Limits.FailureIsKept);
        var responses = row.AddSignedIn(Limits.TokenIsGood, await Burst.SendAsync(farm, browser, 60));

        Assert.Equal(1, row.CountRefreshes());
        browser.Take(responses);
        await row.AssertNotLostAsync(browser);
    }

    [Theory(Timeout = WebFarm.Timeout)]
    [MemberData(nameof(Stops))]
    public async Task Process_refreshes_alone_in_the_last_minute_of_the_token(StoreFailure failure, bool onServer, int repetition)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await StartAsync(failure, onServer, cancellation);
        using var row = new FarmRow(farm, $"{Kind(failure, onServer)}, last minute", repetition);
        var browser = await SignInAsync(farm);
        await browser.MakeTokensExpireSoonAsync();
        farm.Binance.Requests.Clear();
        await FailAsync(farm, failure, cancellation);

        var alone = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => browser.GetMeAsync(farm.Sites[1], browser.Session!)));

        row.AddSignedIn(Limits.StoreHangs, alone);
        Assert.Equal(1, row.CountRefreshes());
        browser.Take(alone);
        await row.AssertNotLostAsync(browser);
    }

    private static Task<WebFarm> StartAsync(StoreFailure failure, bool onServer, CancellationToken cancellation) => WebFarm.StartAsync(
        failure is StoreFailure.PostgresStopped or StoreFailure.PostgresHangs ? LockStore.Postgres : LockStore.Redis, cancellation, WebFarm.Sessions(onServer));

    private static string Kind(StoreFailure failure, bool onServer) => $"{failure}, sessions {(onServer ? "on the server" : "in the cookie")}";

    private static async Task<FarmBrowser> SignInAsync(WebFarm farm)
    {
        var browser = farm.NewBrowser();
        await browser.SignInAsync(farm.Sites[0], farm.Sites[1]);
        return browser;
    }

    /// <returns>Ends the failure.</returns>
    private static async Task<Func<Task>> FailAsync(WebFarm farm, StoreFailure failure, CancellationToken cancellation)
    {
        switch (failure)
        {
            case StoreFailure.RedisStopped:
                await farm.Redis.StopAsync(keepData: true);
                return () => farm.RestartRedisAsync(farm.Sites, cancellation);

            case StoreFailure.RedisPauses:
                await farm.Redis.HangAsync(_pause);
                return () => Task.CompletedTask;

            case StoreFailure.RedisSleeps:
                await farm.Redis.SleepAsync(_pause);
                return () => Task.CompletedTask;

            case StoreFailure.PostgresStopped:
                await farm.Postgres!.StopAsync();
                return () => farm.Postgres.RestartAsync(cancellation);

            default:
                var stopped = await (failure is StoreFailure.RedisHangs ? farm.Redis.HangAsync() : farm.Postgres!.HangAsync());
                return () => stopped.DisposeAsync().AsTask();
        }
    }
}
