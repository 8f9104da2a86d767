using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Rows;

/// <summary>
/// A browser that never saw the renewed cookie.
/// </summary>
[Collection("Web farm")]
public sealed class FarmOldCookieTests
{
    private static readonly TimeSpan _later = TimeSpan.FromMinutes(9);

    public static TheoryData<LockStore, int> Cases => Repetitions.Of(LockStore.Redis, LockStore.Postgres);

    [Theory(Timeout = WebFarm.Patience)]
    [MemberData(nameof(Cases))]
    public async Task Old_cookie_is_signed_in_at_another_process_nine_minutes_later_without_a_second_refresh(LockStore lockStore, int repetition)
    {
        await using var farm = await WebFarm.StartAsync(lockStore, TestContext.Current.CancellationToken);
        using var row = new FarmRow(farm, $"old cookie after nine minutes, lock in {lockStore}", repetition);
        var visitor = farm.NewVisitor();
        await visitor.SignInLongAgoAsync(farm.Sites[0]);
        farm.Binance.Requests.Clear();
        row.AddSignedIn(Limits.TokenIsGood, await visitor.MeAsync(farm.Sites[0], visitor.Session!));

        // Redis removes what is over by then.
        await farm.Redis.AgeAsync("SampleWeb:AspNet*", _later);
        var answers = row.AddSignedIn(
            Limits.TokenIsGood, await visitor.MeAsync(farm.Sites[1], visitor.Session!), await visitor.MeAsync(farm.Sites[2], visitor.Session!));

        Assert.Equal(1, row.CountRefreshes());
        Assert.All(answers, answer => Assert.NotNull(answer.Session));
        visitor.Take(answers);
        await row.KnowsEverywhereAsync(visitor);
    }
}
