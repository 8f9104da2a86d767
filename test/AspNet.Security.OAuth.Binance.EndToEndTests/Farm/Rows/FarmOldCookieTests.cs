using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Rows;

/// <summary>
/// A browser that did not receive the renewed cookie.
/// </summary>
[Collection(WebFarmGroup.Name)]
public sealed class FarmOldCookieTests
{
    private static readonly TimeSpan _later = TimeSpan.FromMinutes(9);

    public static TheoryData<LockStore, int> Cases => Repetitions.Of(LockStore.Redis, LockStore.Postgres);

    [Theory(Timeout = WebFarm.Timeout)]
    [MemberData(nameof(Cases))]
    public async Task Old_cookie_is_signed_in_at_another_process_nine_minutes_later_without_a_second_refresh(LockStore lockStore, int repetition)
    {
        await using var farm = await WebFarm.StartAsync(lockStore, TestContext.Current.CancellationToken);
        using var row = new FarmRow(farm, $"old cookie after nine minutes, lock in {lockStore}", repetition);
        var browser = farm.NewBrowser();
        await browser.SignInWithExpiredTokensAsync(farm.Sites[0]);
        farm.Binance.Requests.Clear();
        row.AddSignedIn(Limits.TokenIsGood, await browser.GetMeAsync(farm.Sites[0], browser.Session!));

        // Redis removes the entries that have expired by then.
        await farm.Redis.AgeAsync("SampleWeb:AspNet*", _later);
        var responses = row.AddSignedIn(
            Limits.TokenIsGood, await browser.GetMeAsync(farm.Sites[1], browser.Session!), await browser.GetMeAsync(farm.Sites[2], browser.Session!));

        Assert.Equal(1, row.CountRefreshes());
        Assert.All(responses, response => Assert.NotNull(response.Session));
        browser.Take(responses);
        await row.AssertNotLostAsync(browser);
    }
}
