using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Rows;

/// <summary>
/// The token endpoint uses up the refresh token, and responds after the timeout of the requests.
/// </summary>
[Collection(WebFarmGroup.Name)]
public sealed class FarmSlowServerTests
{
    // The timeout of the requests and the delay of the response, in seconds. The default of BackchannelTimeout only for repetitions.
    private static readonly (int Timeout, int Response)[] _times = Repetitions.AreWanted ? [(10, 11), (10, 30)] : [(3, 6)];

    public static TheoryData<LockStore, bool, (int Timeout, int Response), int> Cases => Repetitions.Of(
        [.. _times.SelectMany(times => new[] { (LockStore.Redis, false, times), (LockStore.Redis, true, times), (LockStore.Postgres, false, times) })]);

    [Theory(Timeout = WebFarm.Timeout)]
    [MemberData(nameof(Cases))]
    public async Task Late_response_is_used_by_all_processes(LockStore lockStore, bool onServer, (int Timeout, int Response) times, int repetition)
    {
        var timeout = TimeSpan.FromSeconds(times.Timeout);
        await using var farm = await WebFarm.StartAsync(
            lockStore, TestContext.Current.CancellationToken, WebFarm.Sessions(onServer), Limits.BackchannelTimeout(timeout));
        using var row = new FarmRow(
            farm, $"response after {times.Response} s, lock in {lockStore}, sessions {(onServer ? "on the server" : "in the cookie")}", repetition);
        var browser = farm.NewBrowser();
        await browser.SignInWithExpiredTokensAsync(farm.Sites[0]);
        var before = await farm.Tickets.AccessTokenAsync(browser.Session!);
        farm.Binance.Requests.Clear();
        farm.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Delay(TimeSpan.FromSeconds(times.Response)));

        var responses = row.AddSignedIn(timeout, await Burst.SendAsync(farm, browser, 60));
        Assert.All(responses, response => Assert.Null(response.Session));

        await row.UntilRefreshedAsync(browser, before, timeout, within: TimeSpan.FromSeconds(times.Response));
        responses = row.AddSignedIn(timeout, await Burst.SendAsync(farm, browser, 60));

        Assert.Equal(1, row.CountRefreshes());
        browser.Take(responses);
        await row.AssertNotLostAsync(browser);
    }
}
