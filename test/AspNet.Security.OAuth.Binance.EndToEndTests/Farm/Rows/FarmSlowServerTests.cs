using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Rows;

/// <summary>
/// The token endpoint has spent the refresh token, and responds when nobody waits any more.
/// </summary>
[Collection("Web farm")]
public sealed class FarmSlowServerTests
{
    // How long the requests wait, and when the response comes, in seconds. With the default of BackchannelTimeout where there is time.
    private static readonly (int Timeout, int Response)[] _times = Repetitions.AreWanted ? [(10, 11), (10, 30)] : [(3, 6)];

    public static TheoryData<LockStore, bool, (int Timeout, int Response), int> Cases => Repetitions.Of(
        [.. _times.SelectMany(times => new[] { (LockStore.Redis, false, times), (LockStore.Redis, true, times), (LockStore.Postgres, false, times) })]);

    [Theory(Timeout = WebFarm.Patience)]
    [MemberData(nameof(Cases))]
    public async Task Late_response_is_used_by_all_processes(LockStore lockStore, bool onServer, (int Timeout, int Response) times, int repetition)
    {
        var timeout = TimeSpan.FromSeconds(times.Timeout);
        await using var farm = await WebFarm.StartAsync(
            lockStore, TestContext.Current.CancellationToken, WebFarm.Sessions(onServer), Limits.BackchannelTimeout(timeout));
        using var row = new FarmRow(
            farm, $"response after {times.Response} s, lock in {lockStore}, sessions {(onServer ? "on the server" : "in the cookie")}", repetition);
        var visitor = farm.NewVisitor();
        await visitor.SignInLongAgoAsync(farm.Sites[0]);
        var before = await farm.Tickets.AccessTokenAsync(visitor.Session!);
        farm.Binance.Requests.Clear();
        farm.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Delay(TimeSpan.FromSeconds(times.Response)));

        var answers = row.AddSignedIn(timeout, await Rush.SendAsync(farm, visitor, 60));
        Assert.All(answers, answer => Assert.Null(answer.Session));

        await row.UntilRefreshedAsync(visitor, before, timeout);
        answers = row.AddSignedIn(timeout, await Rush.SendAsync(farm, visitor, 60));

        Assert.Equal(1, row.CountRefreshes());
        visitor.Take(answers);
        await row.KnowsEverywhereAsync(visitor);
    }
}
