using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Rows;

/// <summary>
/// Somebody signs out while the token endpoint is slow, fails, or another process holds the lock.
/// </summary>
[Collection("Web farm")]
public sealed class FarmSlowSignOutTests
{
    // Sessions on the server, tokens expired.
    public static TheoryData<bool, bool, int> Cases => Repetitions.Of((false, false), (false, true), (true, false), (true, true));

    public static TheoryData<bool, int> Sessions => Repetitions.Of(false, true);

    [Theory(Timeout = WebFarm.Patience)]
    [MemberData(nameof(Cases))]
    public async Task Slow_token_endpoint_does_not_hold_a_sign_out(bool onServer, bool expired, int repetition)
    {
        await using var farm = await WebFarm.StartAsync(TestContext.Current.CancellationToken, WebFarm.Sessions(onServer));
        using var row = new FarmRow(farm, Kind("sign-out, slow token endpoint", onServer, expired), repetition);
        var (visitor, form) = await OpenFormAsync(farm);
        await visitor.BeDueAsync(expired);
        var copy = visitor.Session!;

        using (var hold = farm.Binance.Faults.Hold(EmulatorEndpoint.Token))
        {
            await SignOutAsync(farm, row, visitor, form);
            Assert.Equal(expired ? 1 : 0, hold.Arrived);
        }

        await EndsAsync(farm, visitor, copy);
        Assert.Equal(expired ? 1 : 0, row.CountRefreshes());
    }

    [Theory(Timeout = WebFarm.Patience)]
    [MemberData(nameof(Cases))]
    public async Task Lock_of_a_process_that_was_killed_does_not_hold_a_sign_out(bool onServer, bool expired, int repetition)
    {
        await using var farm = await WebFarm.StartAsync(TestContext.Current.CancellationToken, WebFarm.Sessions(onServer));
        using var row = new FarmRow(farm, Kind("sign-out, lock holder killed", onServer, expired), repetition);
        var (visitor, form) = await OpenFormAsync(farm);
        await visitor.BeDueAsync(expired);
        var copy = visitor.Session!;
        await DeadLockHolder.KillAsync(farm, visitor, WebFarm.Sessions(onServer));
        farm.Binance.Requests.Clear();

        await SignOutAsync(farm, row, visitor, form);

        await DeadLockHolder.EndLeaseAsync(farm);
        await EndsAsync(farm, visitor, copy);
        Assert.Equal(expired ? 1 : 0, row.CountRefreshes());
    }

    [Theory(Timeout = WebFarm.Patience)]
    [MemberData(nameof(Sessions))]
    public async Task Copy_of_a_session_that_ended_while_the_token_endpoint_was_down_gets_no_tokens_later(bool onServer, int repetition)
    {
        await using var farm = await WebFarm.StartAsync(TestContext.Current.CancellationToken, WebFarm.Sessions(onServer));
        using var row = new FarmRow(farm, Kind("sign-out, token endpoint down", onServer, expired: true), repetition);
        var (visitor, form) = await OpenFormAsync(farm);
        await visitor.AgeAsync();
        var copy = visitor.Session!;
        farm.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503), int.MaxValue);

        await SignOutAsync(farm, row, visitor, form);

        farm.Binance.Faults.Clear();
        await OpensNothingLaterAsync(farm, row, visitor, copy);
    }

    [Theory(Timeout = WebFarm.Patience)]
    [MemberData(nameof(Sessions))]
    public async Task Copy_of_a_session_whose_refresh_token_is_not_revoked_gets_no_tokens_later(bool onServer, int repetition)
    {
        await using var farm = await WebFarm.StartAsync(TestContext.Current.CancellationToken, WebFarm.Sessions(onServer));
        using var row = new FarmRow(farm, Kind("sign-out, revocation ends the access token alone", onServer, expired: true), repetition);
        farm.Binance.Options.RevocationBehavior = RevocationBehavior.RevokeAccessToken;
        var (visitor, form) = await OpenFormAsync(farm);
        await visitor.AgeAsync();
        var copy = visitor.Session!;

        await SignOutAsync(farm, row, visitor, form);

        Assert.NotEmpty(farm.Binance.Tokens.RefreshTokens);
        await OpensNothingLaterAsync(farm, row, visitor, copy);
    }

    [Theory(Timeout = WebFarm.Patience)]
    [MemberData(nameof(Cases))]
    public async Task Page_under_way_at_another_process_does_not_bring_the_cookie_back(bool onServer, bool expired, int repetition)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation, WebFarm.Sessions(onServer));
        using var row = new FarmRow(farm, Kind("sign-out, page under way", onServer, expired), repetition);
        var (visitor, form) = await OpenFormAsync(farm);
        await visitor.BeDueAsync(expired);
        var copy = visitor.Session!;
        farm.Binance.Requests.Clear();

        Answer page;
        using (var hold = farm.Binance.Faults.Hold(EmulatorEndpoint.Token))
        {
            var underWay = visitor.MeAsync(farm.Sites[1], copy);
            await hold.WaitForCallsAsync(1, cancellation);
            await SignOutAsync(farm, row, visitor, form);
            hold.Release();
            page = await underWay;
        }

        Assert.Empty(page.SetCookies);
        await EndsAsync(farm, visitor, copy);
        Assert.Equal(1, row.CountRefreshes());
    }

    private static string Kind(string what, bool onServer, bool expired)
        => $"{what}, token {(expired ? "expired" : "good")}, sessions {(onServer ? "on the server" : "in the cookie")}";

    private static async Task<(Visitor Visitor, IReadOnlyList<KeyValuePair<string, string>> Form)> OpenFormAsync(WebFarm farm)
    {
        var visitor = farm.NewVisitor();
        await visitor.SignInAsync(farm.Sites[1], farm.Sites[1]);
        return (visitor, await visitor.FormAsync(farm.Sites[2], "/account/logout"));
    }

    private static async Task SignOutAsync(WebFarm farm, FarmRow row, Visitor visitor, IReadOnlyList<KeyValuePair<string, string>> form)
    {
        var answer = Assert.Single(row.Add(await visitor.PostAsync(farm.Sites[0], "/account/logout", form)));
        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
        Assert.Null(visitor.Session);
        Assert.InRange(answer.Wait, TimeSpan.Zero, Limits.SignOut + Limits.BusyMachine);
    }

    // When nothing is left in Redis of what was tried at the sign-out.
    private static async Task OpensNothingLaterAsync(WebFarm farm, FarmRow row, Visitor visitor, string copy)
    {
        farm.Binance.Requests.Clear();
        await farm.Redis.AgeAsync("SampleWeb:AspNet*", TimeSpan.FromMinutes(11));
        await visitor.OpensNothingAnywhereAsync(farm, copy);
        Assert.Equal(0, row.CountRefreshes());
    }

    // Every token is revoked, also what a refresh brings after the sign-out, and a copy of the cookie opens nothing.
    private static async Task EndsAsync(WebFarm farm, Visitor visitor, string copy)
    {
        await farm.UntilAsync(() => farm.Binance.Tokens is { AccessTokens.Count: 0, RefreshTokens.Count: 0 });
        await visitor.OpensNothingAnywhereAsync(farm, copy);
    }
}
