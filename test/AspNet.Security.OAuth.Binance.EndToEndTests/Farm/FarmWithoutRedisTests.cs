using System.Net;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

/// <summary>
/// Redis goes away and comes back. Nobody starts a site again for that.
/// </summary>
[Collection("Web farm")]
public sealed class FarmWithoutRedisTests
{
    [Fact(Timeout = WebFarm.Patience)]
    public async Task Redis_that_stops_in_the_middle_of_a_refresh_ends_no_session()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation);
        var visitor = farm.NewVisitor();
        await visitor.SignInLongAgoAsync(farm.Sites[0]);

        // Not before: the sign-in takes a lock, too.
        using var monitor = await RedisMonitor.StartAsync(farm.Redis.Port, cancellation);

        // One process has the lock and its call is on the way; the two others ask for the lock again and again.
        var answers = await Rush.SendTogetherAsync(farm, visitor, 60, async () =>
        {
            await monitor.Commands.WaitAsync(
                commands => commands.Where(IsAskingForTheLock).CountBy(RedisMonitor.Client).Count(asked => asked.Value > 1) == 2, cancellation);
            await farm.Redis.StopAsync(keepData: false);
            await farm.WarnsAsync(count: 2, cancellation);
        });

        Assert.Equal(1, farm.RefreshCalls);
        Assert.All(answers, answer => answer.IsSignedIn());
        await farm.WarnsAsync(count: 3, cancellation);

        await farm.RedisComesBackAsync(farm.Sites, cancellation);
        await farm.KnowsEverywhereAsync(visitor, answers);
    }

    [Fact(Timeout = WebFarm.Patience)]
    public async Task Requests_are_answered_while_Redis_is_away_and_it_is_used_again_when_it_is_back()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation);
        var visitor = farm.NewVisitor();
        await visitor.SignInLongAgoAsync(farm.Sites[0]);
        await farm.Redis.StopAsync(keepData: false);

        var alone = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => visitor.MeAsync(farm.Sites[1], visitor.Session!)));
        Assert.All(alone, answer => answer.IsSignedIn());
        Assert.Equal(1, farm.RefreshCalls);
        Assert.NotEqual(0, farm.Sites[1].CountLines(FarmAssertions.Warning));
        await farm.KnowsEverywhereAsync(visitor, alone);

        // It comes back empty: the keys are in the processes' memory.
        await farm.RedisComesBackAsync(farm.Sites, cancellation);
        var warnings = farm.Sites.Sum(site => site.CountLines(FarmAssertions.Warning));
        await visitor.AgeAsync();
        farm.Binance.Requests.Clear();

        var together = await Rush.SendTogetherAsync(farm, visitor, 200);
        Assert.All(together, answer => answer.IsSignedIn());
        Assert.Equal(1, farm.RefreshCalls);
        Assert.Equal(warnings, farm.Sites.Sum(site => site.CountLines(FarmAssertions.Warning)));
        await farm.KnowsEverywhereAsync(visitor, together);
    }

    [Fact(Timeout = WebFarm.Patience)]
    public async Task Redis_that_does_not_answer_delays_a_refresh_and_no_more()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation);
        var visitor = farm.NewVisitor();
        await visitor.SignInLongAgoAsync(farm.Sites[0]);
        await farm.Redis.HangAsync(TimeSpan.FromMinutes(5));

        var answer = await visitor.MeAsync(farm.Sites[1], visitor.Session!);

        answer.IsSignedIn();
        Assert.Equal(1, farm.RefreshCalls);
        Assert.NotEqual(0, farm.Sites[1].CountLines(FarmAssertions.Warning));
    }

    [Fact(Timeout = WebFarm.Patience)]
    public async Task Site_that_starts_while_Redis_is_away_knows_nobody_until_it_is_back()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation);
        var visitor = farm.NewVisitor();
        await visitor.SignInAsync(farm.Sites[0], farm.Sites[0]);
        await farm.Redis.StopAsync(keepData: true);

        await using var late = await farm.StartSiteAsync(cancellation);
        Assert.Equal(HttpStatusCode.OK, (await farm.NewVisitor().GetAsync(late, "/")).Status);

        // It cannot read the cookie, and leaves it alone: elsewhere, and later here, it is good.
        var stranger = await visitor.GetAsync(late, "/api/me");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.Status);
        Assert.Null(stranger.Session);
        Assert.Equal(HttpStatusCode.InternalServerError, (await farm.NewVisitor().GetAsync(late, "/account/login")).Status);
        (await visitor.GetAsync(farm.Sites[0], "/api/me")).IsSignedIn();

        await farm.RedisComesBackAsync([.. farm.Sites, late], cancellation);
        (await visitor.GetAsync(late, "/api/me")).IsSignedIn();
        Assert.Equal(HttpStatusCode.Redirect, (await farm.NewVisitor().GetAsync(late, "/account/login")).Status);
    }

    [Fact(Timeout = WebFarm.Patience)]
    public async Task Users_sign_in_and_out_while_Redis_is_away_and_the_other_processes_are_not_told()
    {
        await using var farm = await WebFarm.StartAsync(TestContext.Current.CancellationToken);

        // A process reads the keys when it first needs them.
        var earlier = farm.NewVisitor();
        await earlier.SignInAsync(farm.Sites[0], farm.Sites[1]);
        await earlier.IsSignedInEverywhereAsync(farm);
        await farm.Redis.StopAsync(keepData: false);

        var visitor = farm.NewVisitor();
        await visitor.SignInAsync(farm.Sites[0], farm.Sites[1]);
        await visitor.IsSignedInEverywhereAsync(farm);
        Assert.NotEqual(0, farm.Sites[1].CountLines(FarmAssertions.Warning));

        var copy = visitor.Session!;
        var answer = await visitor.SignOutAsync(farm.Sites[2], farm.Sites[0]);
        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
        Assert.InRange(answer.Wait, TimeSpan.Zero, Limits.SignOut + Limits.BusyMachine);
        Assert.Null(visitor.Session);
        Assert.False(farm.Binance.Tokens.IsLive(await farm.Tickets.AccessTokenAsync(copy)));

        Assert.Equal(HttpStatusCode.Unauthorized, (await visitor.MeAsync(farm.Sites[0], copy)).Status);
        (await visitor.MeAsync(farm.Sites[1], copy)).IsSignedIn();
    }

    [Fact(Timeout = WebFarm.Patience)]
    public async Task Two_processes_refresh_one_session_in_the_last_minute_of_its_token_while_Redis_is_away()
    {
        await using var farm = await WebFarm.StartAsync(TestContext.Current.CancellationToken);
        var visitor = farm.NewVisitor();
        await visitor.SignInAsync(farm.Sites[0], farm.Sites[1]);
        await visitor.IsSignedInEverywhereAsync(farm);
        await visitor.BeInTheLastMinuteAsync();
        await farm.Redis.StopAsync(keepData: false);

        await visitor.MeAsync(farm.Sites[0], visitor.Session!);
        await visitor.MeAsync(farm.Sites[1], visitor.Session!);

        Assert.Equal(2, farm.RefreshCalls);
    }

    private static bool IsAskingForTheLock(string command) => command.Contains("\"NX\"", StringComparison.OrdinalIgnoreCase);
}
