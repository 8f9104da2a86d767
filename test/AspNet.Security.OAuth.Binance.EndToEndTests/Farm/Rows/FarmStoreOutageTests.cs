using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Rows;

/// <summary>
/// Cache or lock are unavailable while a session's tokens are due.
/// </summary>
[Collection("Web farm")]
public sealed class FarmStoreOutageTests
{
    // Longer than the requests of a test need.
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

    [Theory(Timeout = WebFarm.Patience)]
    [MemberData(nameof(Failures))]
    public async Task Good_token_is_not_refreshed_until_the_store_is_back_and_then_once(StoreFailure failure, bool onServer, int repetition)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await StartAsync(failure, onServer, cancellation);
        using var row = new FarmRow(farm, Kind(failure, onServer), repetition);
        var visitor = await SignInAsync(farm);
        await visitor.BeDueAsync();
        var before = await farm.Tickets.AccessTokenAsync(visitor.Session!);
        farm.Binance.Requests.Clear();
        var repair = await FailAsync(farm, failure, cancellation);

        row.AddSignedIn(Limits.StoreHangs, await Rush.SendAsync(farm, visitor, 30));
        row.AddAtOnce(await Rush.SendAsync(farm, visitor, 30));
        Assert.Equal(0, farm.RefreshCalls);
        Assert.All(farm.Sites, site => Assert.InRange(site.CountLines(FarmAssertions.Warning), 0, 1));

        await repair();
        await row.UntilRefreshedAsync(visitor, before, Limits.StoreHangs);
        var answers = row.AddSignedIn(Limits.TokenIsGood, await Rush.SendAsync(farm, visitor, 60));

        Assert.Equal(1, row.CountRefreshes());
        visitor.Take(answers);
        await row.KnowsEverywhereAsync(visitor);
    }

    [Theory(Timeout = WebFarm.Patience)]
    [MemberData(nameof(Stops))]
    public async Task Process_refreshes_alone_in_the_last_minute_of_the_token(StoreFailure failure, bool onServer, int repetition)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await StartAsync(failure, onServer, cancellation);
        using var row = new FarmRow(farm, $"{Kind(failure, onServer)}, last minute", repetition);
        var visitor = await SignInAsync(farm);
        await visitor.BeInTheLastMinuteAsync();
        farm.Binance.Requests.Clear();
        await FailAsync(farm, failure, cancellation);

        var alone = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => visitor.MeAsync(farm.Sites[1], visitor.Session!)));

        row.AddSignedIn(Limits.StoreHangs, alone);
        Assert.Equal(1, row.CountRefreshes());
        visitor.Take(alone);
        await row.KnowsEverywhereAsync(visitor);
    }

    private static Task<WebFarm> StartAsync(StoreFailure failure, bool onServer, CancellationToken cancellation) => WebFarm.StartAsync(
        failure is StoreFailure.PostgresStopped or StoreFailure.PostgresHangs ? LockStore.Postgres : LockStore.Redis, cancellation, WebFarm.Sessions(onServer));

    private static string Kind(StoreFailure failure, bool onServer) => $"{failure}, sessions {(onServer ? "on the server" : "in the cookie")}";

    private static async Task<Visitor> SignInAsync(WebFarm farm)
    {
        var visitor = farm.NewVisitor();
        await visitor.SignInAsync(farm.Sites[0], farm.Sites[1]);
        return visitor;
    }

    /// <returns>What ends the failure.</returns>
    private static async Task<Func<Task>> FailAsync(WebFarm farm, StoreFailure failure, CancellationToken cancellation)
    {
        switch (failure)
        {
            case StoreFailure.RedisStopped:
                await farm.Redis.StopAsync(keepData: true);
                return () => farm.RedisComesBackAsync(farm.Sites, cancellation);

            case StoreFailure.RedisPauses:
                await farm.Redis.HangAsync(_pause);
                return () => Task.CompletedTask;

            case StoreFailure.RedisSleeps:
                await farm.Redis.SleepAsync(_pause);
                return () => Task.CompletedTask;

            case StoreFailure.PostgresStopped:
                await farm.Postgres!.StopAsync();
                return () => farm.Postgres.StartAgainAsync(cancellation);

            default:
                var stopped = await (failure is StoreFailure.RedisHangs ? farm.Redis.HangAsync() : farm.Postgres!.HangAsync());
                return () => stopped.DisposeAsync().AsTask();
        }
    }
}
