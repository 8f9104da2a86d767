using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Rows;

/// <summary>
/// The process that has the lock is killed in the middle of its call.
/// </summary>
[Collection("Web farm")]
public sealed class FarmLockHolderTests
{
    // Lock, sessions on the server, tokens expired.
    public static TheoryData<LockStore, bool, bool, int> Cases => Repetitions.Of(
        (LockStore.Redis, false, false),
        (LockStore.Redis, false, true),
        (LockStore.Redis, true, false),
        (LockStore.Redis, true, true),
        (LockStore.Postgres, false, false),
        (LockStore.Postgres, false, true));

    [Theory(Timeout = WebFarm.Patience)]
    [MemberData(nameof(Cases))]
    public async Task Lock_of_a_process_that_was_killed_delays_requests_and_loses_nobody(LockStore lockStore, bool onServer, bool expired, int repetition)
    {
        // With the default, those whose token is good would be seen to wait too long.
        var timeout = TimeSpan.FromSeconds(expired ? 3 : 10);
        (string, string)[] settings = [WebFarm.Sessions(onServer), Limits.BackchannelTimeout(timeout)];
        await using var farm = await WebFarm.StartAsync(lockStore, TestContext.Current.CancellationToken, settings);
        using var row = new FarmRow(
            farm,
            $"lock holder killed, token {(expired ? "expired" : "good")}, lock in {lockStore}, sessions {(onServer ? "on the server" : "in the cookie")}",
            repetition);
        var visitor = farm.NewVisitor();
        await visitor.SignInAsync(farm.Sites[0], farm.Sites[0]);
        await visitor.BeDueAsync(expired);
        var before = await farm.Tickets.AccessTokenAsync(visitor.Session!);
        await DeadLockHolder.KillAsync(farm, visitor, settings);
        farm.Binance.Requests.Clear();

        var longest = expired ? timeout : Limits.TokenIsGood;
        row.AddSignedIn(longest, await Rush.SendAsync(farm, visitor, 60));
        if (lockStore is LockStore.Redis)
        {
            Assert.Equal(0, farm.RefreshCalls);
            await DeadLockHolder.EndLeaseAsync(farm);
        }

        await row.UntilRefreshedAsync(visitor, before, longest);
        var answers = row.AddSignedIn(longest, await Rush.SendAsync(farm, visitor, 60));

        Assert.Equal(1, row.CountRefreshes());
        visitor.Take(answers);
        await row.KnowsEverywhereAsync(visitor);
    }
}
