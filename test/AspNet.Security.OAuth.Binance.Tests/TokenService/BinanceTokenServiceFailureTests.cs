using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.TokenService;

/// <summary>
/// Every failure of <see cref="BinanceTokenService"/> is one exception, which says what kind of failure it is and has no secret.
/// </summary>
public sealed class BinanceTokenServiceFailureTests
{
    private static readonly Dictionary<string, EmulatorFault> _faults = new()
    {
        ["invalid_grant"] = EmulatorFault.Body("""{"error":"invalid_grant","error_description":"expired"}""", 400),
        ["invalid_client"] = EmulatorFault.Body("""{"error":"invalid_client"}""", 401),
        ["invalid_request"] = EmulatorFault.Body("""{"error":"invalid_request"}""", 400),
        ["503"] = EmulatorFault.Status(503),
        ["429"] = EmulatorFault.Status(429),
        ["401"] = EmulatorFault.Status(401),
        ["broken connection"] = EmulatorFault.CutConnection,
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
    [InlineData(EmulatorEndpoint.Token, "invalid_grant", BinanceFailure.InvalidGrant, 400)]
    [InlineData(EmulatorEndpoint.Token, "invalid_client", BinanceFailure.InvalidClient, 401)]
    [InlineData(EmulatorEndpoint.Token, "invalid_request", BinanceFailure.TokenError, 400)]
    [InlineData(EmulatorEndpoint.Token, "503", BinanceFailure.Unavailable, 503)]
    [InlineData(EmulatorEndpoint.Token, "429", BinanceFailure.Unavailable, 429)]
    [InlineData(EmulatorEndpoint.Token, "broken connection", BinanceFailure.Unavailable, null)]
    [InlineData(EmulatorEndpoint.Token, "HTML", BinanceFailure.Unavailable, 200)]
    [InlineData(EmulatorEndpoint.Token, "text", BinanceFailure.InvalidResponse, 200)]
    [InlineData(EmulatorEndpoint.Token, "tokens beside an error", BinanceFailure.InvalidResponse, 200)]
    [InlineData(EmulatorEndpoint.Token, "redirect", BinanceFailure.InvalidResponse, 307)]
    [InlineData(EmulatorEndpoint.Revoke, "117041", BinanceFailure.ApiError, 200)]
    [InlineData(EmulatorEndpoint.Revoke, "data false", BinanceFailure.ApiError, 200)]
    [InlineData(EmulatorEndpoint.Revoke, "401", BinanceFailure.ApiError, 401)]
    [InlineData(EmulatorEndpoint.Revoke, "503", BinanceFailure.Unavailable, 503)]
    [InlineData(EmulatorEndpoint.Revoke, "HTML", BinanceFailure.Unavailable, 200)]
    [InlineData(EmulatorEndpoint.Revoke, "text", BinanceFailure.InvalidResponse, 200)]
    [InlineData(EmulatorEndpoint.UserInfo, "117041", BinanceFailure.ApiError, 200)]
    [InlineData(EmulatorEndpoint.UserInfo, "401", BinanceFailure.ApiError, 401)]
    [InlineData(EmulatorEndpoint.UserInfo, "no user id", BinanceFailure.InvalidResponse, 200)]
    [InlineData(EmulatorEndpoint.UserInfo, "text", BinanceFailure.InvalidResponse, 200)]
    public async Task Failure_has_its_kind_and_status_and_no_secret(EmulatorEndpoint endpoint, string fault, BinanceFailure kind, int? status)
    {
        await using var site = await TestSite.StartAsync();
        site.Emulator.Faults.Next(endpoint, _faults[fault]);

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => CallAsync(site, endpoint, Stop));

        Assert.Equal((kind, status), (failure.Failure, failure.StatusCode));
        Assert.Equal(fault.StartsWith("invalid", StringComparison.Ordinal) ? fault : null, failure.Error);
        Assert.Equal(fault == "117041" ? fault : null, failure.BinanceCode);
        site.Secrets.AssertAbsentFrom(failure.ToString());
    }

    [Fact]
    public async Task User_request_is_retried_once_when_the_server_is_unavailable()
    {
        await using var site = await TestSite.StartAsync();
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
    public async Task Call_without_a_response_in_time_is_a_timeout(EmulatorEndpoint endpoint, int seconds)
    {
        await using var site = await TestSite.StartAsync();
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
    public async Task Cancellation_by_the_caller_stays_a_cancellation(EmulatorEndpoint endpoint)
    {
        await using var site = await TestSite.StartAsync();
        using var hold = site.Emulator.Faults.Hold(endpoint);
        using var cancellation = new CancellationTokenSource();

        var call = CallAsync(site, endpoint, cancellation.Token);
        await hold.WaitForCallsAsync(1, Stop);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Refusal_is_kept_for_ten_minutes_and_another_failure_for_30_seconds()
    {
        await using var site = await TestSite.StartAsync();
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
    public async Task Missing_argument_is_refused_without_a_request(string? token, string? scheme)
    {
        await using var site = await TestSite.StartAsync();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => site.Client.RefreshTokensAsync(token!, scheme!, Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => site.Client.RevokeTokenAsync(token!, scheme!, Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => site.Client.GetUserAsync(token!, scheme!, Stop));

        Assert.Empty(site.Emulator.Requests);
    }

    [Fact]
    public async Task Unknown_scheme_is_refused_without_a_request()
    {
        await using var site = await TestSite.StartAsync();

        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => site.Client.RefreshTokensAsync("token", "Binanse", Stop));
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => site.Client.RevokeTokenAsync("token", "Binanse", Stop));
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => site.Client.GetUserAsync("token", "Binanse", Stop));

        Assert.Empty(site.Emulator.Requests);
    }

    private static Task CallAsync(TestSite site, EmulatorEndpoint endpoint, CancellationToken cancellationToken)
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
