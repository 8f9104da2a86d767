using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Rows;

/// <summary>
/// A sign-out while the token endpoint is slow, fails, or another process holds the lock.
/// </summary>
[Collection(WebFarmGroup.Name)]
public sealed class FarmSlowSignOutTests(SharedFarms farms)
{
    // Sessions on the server, tokens expired.
    public static TheoryData<bool, bool, int> Cases => Repetitions.Of((false, false), (false, true), (true, false), (true, true));

    public static TheoryData<bool, int> Sessions => Repetitions.Of(false, true);

    [Theory(Timeout = WebFarm.Timeout)]
    [MemberData(nameof(Cases))]
    public async Task Slow_token_endpoint_does_not_delay_a_sign_out(bool onServer, bool expired, int repetition)
    {
        var farm = await farms.GetAsync(onServer);
        using var row = new FarmRow(farm, Kind("sign-out, slow token endpoint", onServer, expired), repetition);
        var (browser, form) = await OpenFormAsync(farm);
        await browser.MakeTokensDueAsync(expired);
        var copy = browser.Session!;

        using (var hold = farm.Binance.Faults.Hold(EmulatorEndpoint.Token))
        {
            await SignOutAsync(farm, row, browser, form);
            Assert.Equal(expired ? 1 : 0, hold.Arrived);
        }

        await AssertEndedAsync(farm, browser, copy);
        Assert.Equal(expired ? 1 : 0, row.CountRefreshes());
    }

    [Theory(Timeout = WebFarm.Timeout)]
    [MemberData(nameof(Cases))]
    public async Task Lock_of_a_killed_process_does_not_delay_a_sign_out(bool onServer, bool expired, int repetition)
    {
        var farm = await farms.GetAsync(onServer);
        using var row = new FarmRow(farm, Kind("sign-out, lock holder killed", onServer, expired), repetition);
        var (browser, form) = await OpenFormAsync(farm);
        await browser.MakeTokensDueAsync(expired);
        var copy = browser.Session!;
        await DeadLockHolder.KillAsync(farm, browser, WebFarm.Sessions(onServer));
        farm.Binance.Requests.Clear();

        await SignOutAsync(farm, row, browser, form);

        await DeadLockHolder.EndLeaseAsync(farm);
        await AssertEndedAsync(farm, browser, copy);
        Assert.Equal(expired ? 1 : 0, row.CountRefreshes());
    }

    [Theory(Timeout = WebFarm.Timeout)]
    [MemberData(nameof(Sessions))]
    public async Task Copy_of_a_session_that_ended_while_the_token_endpoint_was_down_gets_no_tokens_later(bool onServer, int repetition)
    {
        var farm = await farms.GetAsync(onServer);
        using var row = new FarmRow(farm, Kind("sign-out, token endpoint down", onServer, expired: true), repetition);
        var (browser, form) = await OpenFormAsync(farm);
        await browser.ExpireTokensAsync();
        var copy = browser.Session!;
        farm.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503), int.MaxValue);

        await SignOutAsync(farm, row, browser, form);

        farm.Binance.Faults.Clear();
        await AssertRejectedLaterAsync(farm, row, browser, copy);
    }

    [Theory(Timeout = WebFarm.Timeout)]
    [MemberData(nameof(Sessions))]
    public async Task Copy_of_a_session_whose_refresh_token_is_not_revoked_gets_no_tokens_later(bool onServer, int repetition)
    {
        var farm = await farms.GetAsync(onServer);
        using var row = new FarmRow(farm, Kind("sign-out, revocation ends the access token alone", onServer, expired: true), repetition);
        farm.Binance.Options.RevocationBehavior = RevocationBehavior.RevokeAccessToken;
        var (browser, form) = await OpenFormAsync(farm);
        await browser.ExpireTokensAsync();
        var copy = browser.Session!;

        await SignOutAsync(farm, row, browser, form);

        Assert.NotEmpty(farm.Binance.Tokens.RefreshTokens);
        await AssertRejectedLaterAsync(farm, row, browser, copy);
    }

    [Theory(Timeout = WebFarm.Timeout)]
    [MemberData(nameof(Cases))]
    public async Task Response_of_another_process_does_not_restore_the_cookie(bool onServer, bool expired, int repetition)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var farm = await farms.GetAsync(onServer);
        using var row = new FarmRow(farm, Kind("sign-out, page in progress", onServer, expired), repetition);
        var (browser, form) = await OpenFormAsync(farm);
        await browser.MakeTokensDueAsync(expired);
        var copy = browser.Session!;
        farm.Binance.Requests.Clear();

        SiteResponse page;
        using (var hold = farm.Binance.Faults.Hold(EmulatorEndpoint.Token))
        {
            var inProgress = browser.GetMeAsync(farm.Sites[1], copy);
            await hold.WaitForCallsAsync(1, cancellation);
            await SignOutAsync(farm, row, browser, form);
            hold.Release();
            page = await inProgress;
        }

        Assert.Empty(page.SetCookies);
        await AssertEndedAsync(farm, browser, copy);
        Assert.Equal(1, row.CountRefreshes());
    }

    private static string Kind(string what, bool onServer, bool expired)
        => $"{what}, token {(expired ? "expired" : "good")}, sessions {(onServer ? "on the server" : "in the cookie")}";

    private static async Task<(FarmBrowser FarmBrowser, IReadOnlyList<KeyValuePair<string, string>> Form)> OpenFormAsync(WebFarm farm)
    {
        var browser = farm.NewBrowser();
        await browser.SignInAsync(farm.Sites[1], farm.Sites[1]);
        return (browser, await browser.FormAsync(farm.Sites[2], "/account/logout"));
    }

    private static async Task SignOutAsync(WebFarm farm, FarmRow row, FarmBrowser browser, IReadOnlyList<KeyValuePair<string, string>> form)
    {
        var response = Assert.Single(row.Add(await browser.PostAsync(farm.Sites[0], "/account/logout", form)));
        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        Assert.Null(browser.Session);
        Assert.InRange(response.Wait, TimeSpan.Zero, Limits.SignOut + Limits.BusyMachine);
    }

    // After the outcomes of the sign-out have expired in Redis.
    private static async Task AssertRejectedLaterAsync(WebFarm farm, FarmRow row, FarmBrowser browser, string copy)
    {
        farm.Binance.Requests.Clear();
        await farm.Redis.AgeAsync("SampleWeb:AspNet*", TimeSpan.FromMinutes(11));
        await browser.AssertRejectedEverywhereAsync(farm, copy);
        Assert.Equal(0, row.CountRefreshes());
    }

    // Every token is revoked, also that of a refresh after the sign-out, and a copy of the cookie is rejected.
    private static async Task AssertEndedAsync(WebFarm farm, FarmBrowser browser, string copy)
    {
        await farm.SendUntilAsync(
            "every token is revoked", Limits.LockLease + Limits.SeveralRequests, () => farm.Binance.Tokens is { AccessTokens.Count: 0, RefreshTokens.Count: 0 });
        await browser.AssertRejectedEverywhereAsync(farm, copy);
    }
}
