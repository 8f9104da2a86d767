using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// Only <c>invalid_grant</c> ends a session.
/// </summary>
public sealed class RefreshFailureTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    public static TheoryData<string, BinanceFailure> Failures { get; } = new()
    {
        { "503", BinanceFailure.Unavailable },
        { "500", BinanceFailure.Unavailable },
        { "429", BinanceFailure.Unavailable },
        { "202 <html>a firewall</html>", BinanceFailure.Unavailable },
        { "200 <!DOCTYPE html><html>", BinanceFailure.Unavailable },
        { """401 {"error":"invalid_client"}""", BinanceFailure.InvalidClient },
        { """400 {"error":"unauthorized_client"}""", BinanceFailure.InvalidClient },
        { """400 {"error":"invalid_request"}""", BinanceFailure.TokenError },
        { """400 {"error":"temporarily_unavailable"}""", BinanceFailure.Unavailable },
        { "200 {}", BinanceFailure.InvalidResponse },
        { "200 garbage", BinanceFailure.InvalidResponse },
        { """200 {"access_token":"a b"}""", BinanceFailure.InvalidResponse },
        { "redirect", BinanceFailure.InvalidResponse },
        { "cut", BinanceFailure.Unavailable },
        { "half", BinanceFailure.Unavailable },
        { "endless", BinanceFailure.InvalidResponse },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Failure_with_an_expired_token_is_thrown_and_the_session_stays(string response, BinanceFailure failure)
    {
        await using var app = await NativeApp.SignedInAsync(emulator: options => options.RefreshTokenBehavior = RefreshTokenBehavior.Keep);
        app.Expire();
        app.Binance.Faults.Next(EmulatorEndpoint.Token, FaultOf(response));

        await Failing.WithAsync(failure, app.Login.GetAccessTokenAsync(Stop));

        // The next call retries at once.
        Assert.NotNull(await app.Login.GetSessionAsync(Stop));
        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
        Assert.Equal(2, app.TokenRequests);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Failure_is_not_reported_while_the_token_is_valid(string response, BinanceFailure failure)
    {
        await using var app = await NativeApp.SignedInAsync(emulator: options => options.RefreshTokenBehavior = RefreshTokenBehavior.Keep);
        var token = await app.Login.GetAccessTokenAsync(Stop);
        app.MakeDue();
        app.Binance.Faults.Next(EmulatorEndpoint.Token, FaultOf(response));

        Assert.Equal(token, await app.Login.GetAccessTokenAsync(Stop));
        Assert.Equal(token, await app.Login.GetAccessTokenAsync(Stop));

        Assert.Equal(1, app.TokenRequests);
        Assert.Contains(app.Log.Collector.GetSnapshot(), entry => entry.Message.Contains($"({failure})", StringComparison.Ordinal));
        app.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.NotEqual(token, await app.Login.GetAccessTokenAsync(Stop));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refusal_ends_the_session_for_all_callers(bool isExpired)
    {
        await using var app = await NativeApp.SignedInAsync();
        app.MakeDue(isExpired);
        app.Binance.Tokens.RevokeAll();
        var (hold, calls) = await app.HoldAsync(EmulatorEndpoint.Token, () => Enumerable.Range(0, 10).Select(_ => app.Login.GetAccessTokenAsync(Stop)).ToList());
        hold.Release();

        foreach (var call in calls)
        {
            await Failing.WithAsync(BinanceFailure.InvalidGrant, call);
        }

        Assert.Null(app.Store.Text);
        Assert.Null(await app.Login.GetSessionAsync(Stop));
        await Failing.WithAsync(BinanceFailure.NotSignedIn, app.Login.GetAccessTokenAsync(Stop));
        await Failing.WithAsync(BinanceFailure.NotSignedIn, app.NewLogin().GetAccessTokenAsync(Stop));
        Assert.True(await app.Login.SignOutAsync(Stop));
        Assert.Equal(1, app.TokenRequests);
        Assert.NotNull(await app.Login.SignInAsync(Stop));
    }

    [Fact]
    public async Task Refusal_that_cannot_be_stored_is_found_again()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        app.Binance.Tokens.RevokeAll();
        app.Store.Failures["Delete"] = new IOException("the disk");

        await Assert.ThrowsAsync<IOException>(() => app.Login.GetAccessTokenAsync(Stop));
        app.Store.Failures.Clear();

        await Failing.WithAsync(BinanceFailure.InvalidGrant, app.Login.GetAccessTokenAsync(Stop));
        Assert.Null(app.Store.Text);
    }

    [Fact]
    public async Task Refusal_does_not_end_the_session_of_another_user_who_has_signed_in_since()
    {
        await using var app = await NativeApp.SignedInAsync(options => options.RevocationTimeout = TimeSpan.FromSeconds(7));
        app.Expire();
        app.Binance.Tokens.RevokeAll();
        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Delay(TimeSpan.FromMinutes(1)));

        var call = app.Login.GetAccessTokenAsync(Stop);
        await app.Binance.Requests.WaitForAsync(request => request.GrantType is "refresh_token", Stop);
        app.Browser.UserId = BinanceEmulatorDefaults.SecondUserId;
        var signIn = await app.TimeOutAsync(TimeSpan.FromSeconds(7), () => app.Login.SignInAsync(Stop));
        await signIn;
        app.Binance.Clock.Advance(TimeSpan.FromMinutes(1));

        await Failing.WithAsync(BinanceFailure.InvalidGrant, call);
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await app.Login.GetSessionAsync(Stop))!.User.UserId);
        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
    }

    private static EmulatorFault FaultOf(string response) => response.Split(' ', 2) switch
    {
        ["redirect"] => EmulatorFault.Redirect(new("https://elsewhere.example/")),
        ["cut"] => EmulatorFault.CutConnection,
        ["half"] => EmulatorFault.HalfBody,
        ["endless"] => EmulatorFault.EndlessBody,
        [var status] => EmulatorFault.Status(int.Parse(status, null)),
        [var status, var body] => EmulatorFault.Body(body, int.Parse(status, null), body.StartsWith('{') ? "application/json" : "text/plain"),
        _ => throw new ArgumentOutOfRangeException(nameof(response)),
    };
}
