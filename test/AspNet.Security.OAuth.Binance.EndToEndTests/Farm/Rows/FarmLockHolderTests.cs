using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Rows;

/// <summary>
/// The process that holds the lock is killed during its call.
/// </summary>
[Collection(WebFarmGroup.Name)]
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

    [Theory(Timeout = WebFarm.Timeout)]
    [MemberData(nameof(Cases))]
    public async Task Lock_of_a_killed_process_delays_requests_and_ends_no_session(LockStore lockStore, bool onServer, bool expired, int repetition)
    {
        // Requests whose token is still valid must not wait for as long: 10 s is well above their limit.
        var timeout = TimeSpan.FromSeconds(expired ? 3 : 10);
        (string, string)[] settings = [WebFarm.Sessions(onServer), Limits.BackchannelTimeout(timeout)];
        await using var farm = await WebFarm.StartAsync(lockStore, TestContext.Current.CancellationToken, settings);
        using var row = new FarmRow(
            farm,
            $"lock holder killed, token {(expired ? "expired" : "good")}, lock in {lockStore}, sessions {(onServer ? "on the server" : "in the cookie")}",
            repetition);
        var browser = farm.NewBrowser();
        await browser.SignInAsync(farm.Sites[0], farm.Sites[0]);
        await browser.MakeTokensDueAsync(expired);
        var before = await farm.Tickets.AccessTokenAsync(browser.Session!);
        await DeadLockHolder.KillAsync(farm, browser, settings);
        farm.Binance.Requests.Clear();

        var longest = expired ? timeout : Limits.TokenIsGood;
        row.AddSignedIn(longest, await Burst.SendAsync(farm, browser, 60));
        if (lockStore is LockStore.Redis)
        {
            Assert.Equal(0, farm.RefreshCalls);
            await DeadLockHolder.EndLeaseAsync(farm);
        }

        await row.UntilRefreshedAsync(browser, before, longest, within: Limits.LockLease);
        var responses = row.AddSignedIn(longest, await Burst.SendAsync(farm, browser, 60));

        Assert.Equal(1, row.CountRefreshes());
        browser.Take(responses);
        await row.AssertNotLostAsync(browser);
    }
}
