using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// Every failure of <see cref="BinanceTokenService"/> is one exception, which says what kind of failure it is and holds nothing secret.
/// </summary>
public sealed class BinanceTokenServiceFailureTests
{
    private static readonly Dictionary<string, EmulatorFault> _faults = new()
    {
        ["invalid_grant"] = EmulatorFault.Body("""{"error":"invalid_grant","error_description":"gone"}""", 400),
        ["invalid_client"] = EmulatorFault.Body("""{"error":"invalid_client"}""", 401),
        ["invalid_request"] = EmulatorFault.Body("""{"error":"invalid_request"}""", 400),
        ["503"] = EmulatorFault.Status(503),
        ["429"] = EmulatorFault.Status(429),
        ["401"] = EmulatorFault.Status(401),
        ["cut"] = EmulatorFault.CutConnection,
        ["HTML"] = EmulatorFault.Body("<html>", 200, "text/html"),
        ["text"] = EmulatorFault.Body("Please wait", 200, "text/plain"),
        ["tokens beside an error"] = EmulatorFault.Body("""{"access_token":"83f2bf51","error":{"a":1}}"""),
        ["redirect"] = EmulatorFault.Redirect(new Uri("/elsewhere", UriKind.Relative)),
        ["117041"] = EmulatorFault.ApiError("117041", "Quote expired"),
        ["data false"] = EmulatorFault.Body("""{"code":"000000","message":null,"data":false,"success":true}"""),
        ["no user id"] = EmulatorFault.Body("""{"code":"000000","message":null,"data":{"email":"user@example.com"},"success":true}"""),
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("invalid_grant", BinanceFailure.InvalidGrant, 400)]
    [InlineData("invalid_client", BinanceFailure.InvalidClient, 401)]
    [InlineData("invalid_request", BinanceFailure.TokenError, 400)]
    [InlineData("503", BinanceFailure.Unavailable, 503)]
    [InlineData("429", BinanceFailure.Unavailable, 429)]
    [InlineData("cut", BinanceFailure.Unavailable, null)]
    [InlineData("HTML", BinanceFailure.Unavailable, 200)]
    [InlineData("text", BinanceFailure.InvalidResponse, 200)]
    [InlineData("tokens beside an error", BinanceFailure.InvalidResponse, 200)]
    [InlineData("redirect", BinanceFailure.InvalidResponse, 307)]
    public async Task Refresh_says_why_it_failed(string fault, BinanceFailure kind, int? status)
    {
        await using var site = await LifetimeSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, _faults[fault]);

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(
            () => site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop));

        Assert.Equal((kind, status), (failure.Failure, failure.StatusCode));
        Assert.Equal(fault.StartsWith("invalid", StringComparison.Ordinal) ? fault : null, failure.Error);
        site.Secrets.AssertAbsentFrom(failure.ToString());
    }

    [Theory]
    [InlineData("117041", BinanceFailure.ApiError, 200)]
    [InlineData("data false", BinanceFailure.ApiError, 200)]
    [InlineData("401", BinanceFailure.ApiError, 401)]
    [InlineData("503", BinanceFailure.Unavailable, 503)]
    [InlineData("HTML", BinanceFailure.Unavailable, 200)]
    [InlineData("text", BinanceFailure.InvalidResponse, 200)]
    public async Task Revocation_says_why_it_failed(string fault, BinanceFailure kind, int? status)
    {
        await using var site = await LifetimeSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();
        site.Emulator.Faults.Next(EmulatorEndpoint.Revoke, _faults[fault]);

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(
            () => site.Client.RevokeTokenAsync(issued.AccessToken, cancellationToken: Stop));

        Assert.Equal((kind, status), (failure.Failure, failure.StatusCode));
        Assert.Equal(fault == "117041" ? fault : null, failure.BinanceCode);
        site.Secrets.AssertAbsentFrom(failure.ToString());
    }

    [Theory]
    [InlineData("117041", BinanceFailure.ApiError, 200)]
    [InlineData("401", BinanceFailure.ApiError, 401)]
    [InlineData("no user id", BinanceFailure.InvalidResponse, 200)]
    [InlineData("text", BinanceFailure.InvalidResponse, 200)]
    public async Task User_says_why_it_failed(string fault, BinanceFailure kind, int? status)
    {
        await using var site = await LifetimeSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();
        site.Emulator.Faults.Next(EmulatorEndpoint.UserInfo, _faults[fault]);

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(
            () => site.Client.GetUserAsync(issued.AccessToken, cancellationToken: Stop));

        Assert.Equal((kind, status), (failure.Failure, failure.StatusCode));
        site.Secrets.AssertAbsentFrom(failure.ToString());
    }

    [Fact]
    public async Task User_is_asked_for_once_more_when_the_server_is_away_for_a_moment()
    {
        await using var site = await LifetimeSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();
        site.Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503));
        var pause = site.Clock.NextTimer(TimeSpan.FromMilliseconds(200));

        var user = site.Client.GetUserAsync(issued.AccessToken, cancellationToken: Stop);
        await pause;
        site.Clock.Pass(TimeSpan.FromMilliseconds(200));

        Assert.Equal(BinanceEmulatorDefaults.UserId, (await user).UserId);
    }

    [Theory]
    [InlineData(EmulatorEndpoint.Token, 10)]
    [InlineData(EmulatorEndpoint.UserInfo, 10)]
    [InlineData(EmulatorEndpoint.Revoke, 5)]
    public async Task A_call_that_is_not_answered_in_time_is_a_timeout(EmulatorEndpoint endpoint, int seconds)
    {
        await using var site = await LifetimeSite.StartAsync();
        using var hold = site.Emulator.Faults.Hold(endpoint);

        var call = CallAsync(site, endpoint, Stop);
        await hold.WaitForCallsAsync(1, Stop);
        site.Clock.Pass(TimeSpan.FromSeconds(seconds));

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => call);
        Assert.Equal(BinanceFailure.Timeout, failure.Failure);
    }

    [Theory]
    [InlineData(EmulatorEndpoint.Token)]
    [InlineData(EmulatorEndpoint.UserInfo)]
    [InlineData(EmulatorEndpoint.Revoke)]
    public async Task A_caller_s_cancellation_stays_a_cancellation(EmulatorEndpoint endpoint)
    {
        await using var site = await LifetimeSite.StartAsync();
        using var hold = site.Emulator.Faults.Hold(endpoint);
        using var giveUp = new CancellationTokenSource();

        var call = CallAsync(site, endpoint, giveUp.Token);
        await hold.WaitForCallsAsync(1, Stop);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_refused_refresh_is_remembered_for_ten_minutes_and_another_failure_for_half_a_minute()
    {
        await using var site = await LifetimeSite.StartAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        await AssertCallsAsync(BinanceFailure.Unavailable, 1);

        site.Clock.Pass(TimeSpan.FromSeconds(29));
        await AssertCallsAsync(BinanceFailure.Unavailable, 1);
        site.Clock.Pass(TimeSpan.FromSeconds(1));
        await AssertCallsAsync(BinanceFailure.InvalidGrant, 2);

        site.Clock.Pass(TimeSpan.FromSeconds(599));
        await AssertCallsAsync(BinanceFailure.InvalidGrant, 2);
        site.Clock.Pass(TimeSpan.FromSeconds(1));
        await AssertCallsAsync(BinanceFailure.InvalidGrant, 3);

        async Task AssertCallsAsync(BinanceFailure kind, int calls)
        {
            var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => site.Client.RefreshTokensAsync("unknown", cancellationToken: Stop));
            Assert.Equal((kind, calls), (failure.Failure, site.RefreshCalls));
        }
    }

    [Theory]
    [InlineData(null, "Binance")]
    [InlineData("", "Binance")]
    [InlineData("token", null)]
    [InlineData("token", "")]
    public async Task A_missing_argument_is_refused_before_anything_is_sent(string? token, string? scheme)
    {
        await using var site = await LifetimeSite.StartAsync();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => site.Client.RefreshTokensAsync(token!, scheme!, Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => site.Client.RevokeTokenAsync(token!, scheme!, Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => site.Client.GetUserAsync(token!, scheme!, Stop));

        Assert.Empty(site.Emulator.Requests);
    }

    [Fact]
    public async Task A_scheme_that_is_not_there_is_refused_before_anything_is_sent()
    {
        await using var site = await LifetimeSite.StartAsync();

        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => site.Client.RefreshTokensAsync("token", "Binanse", Stop));
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => site.Client.RevokeTokenAsync("token", "Binanse", Stop));
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => site.Client.GetUserAsync("token", "Binanse", Stop));
    }

    private static Task CallAsync(LifetimeSite site, EmulatorEndpoint endpoint, CancellationToken cancellationToken)
    {
        var issued = site.Emulator.Tokens.Issue();
        return endpoint switch
        {
            EmulatorEndpoint.Token => site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: cancellationToken),
            EmulatorEndpoint.UserInfo => site.Client.GetUserAsync(issued.AccessToken, cancellationToken: cancellationToken),
            _ => site.Client.RevokeTokenAsync(issued.AccessToken, cancellationToken: cancellationToken),
        };
    }
}
