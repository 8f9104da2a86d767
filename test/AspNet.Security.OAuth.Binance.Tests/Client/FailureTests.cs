using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Client.Support;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Client;

/// <summary>
/// Timeouts, the repeated request for the user, and what is in the exception. Failures of a callback are in
/// <see cref="AuthorizationResponseTests"/>, and the kind of every broken response in <c>FaultMatrixTests</c>.
/// </summary>
public sealed class FailureTests
{
    [Theory]
    [MemberData(nameof(CancellationTests.Methods), MemberType = typeof(CancellationTests))]
    public async Task No_response_in_time_is_a_timeout(string method)
    {
        await using var binance = await EmulatedClient.StartAsync(timeout: TimeSpan.FromMilliseconds(50));
        using var hold = binance.Emulator.Faults.Hold(EmulatedClient.EndpointOf(method));

        var exception = await Assert.ThrowsAsync<BinanceAuthenticationException>(
            () => binance.CallAsync(method, TestContext.Current.CancellationToken));

        Assert.Equal(BinanceFailure.Timeout, exception.Failure);
    }

    [Fact]
    public async Task User_is_requested_twice_when_the_server_is_unavailable()
    {
        await using var binance = await EmulatedClient.StartAsync(new TestTime());
        binance.Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503));

        var user = await binance.Client.GetUserAsync(binance.Tokens.AccessToken, TestContext.Current.CancellationToken);

        Assert.Equal(BinanceEmulatorDefaults.UserId, user.UserId);
        Assert.Equal(2, binance.Emulator.Requests.Count(EmulatorEndpoint.UserInfo));
    }

    [Fact]
    public async Task Codes_and_texts_of_the_response_are_in_the_exception()
    {
        await using var binance = await EmulatedClient.StartAsync();
        binance.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"error":"invalid_scope","error_description":"Not for you"}""", 400));
        binance.Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.ApiError("117041", "Quote expired"));

        var token = await Assert.ThrowsAsync<BinanceAuthenticationException>(
            () => binance.CallAsync(nameof(BinanceOAuthClient.RefreshAsync), TestContext.Current.CancellationToken));
        var user = await Assert.ThrowsAsync<BinanceAuthenticationException>(
            () => binance.CallAsync(nameof(BinanceOAuthClient.GetUserAsync), TestContext.Current.CancellationToken));

        Assert.Equal(("invalid_scope", "Not for you", 400, null), (token.Error, token.ErrorDescription, token.StatusCode, token.BinanceCode));
        Assert.Equal((null, "Quote expired", 200, "117041"), (user.Error, user.ErrorDescription, user.StatusCode, user.BinanceCode));
    }

    [Fact]
    public async Task Wrong_arguments_are_named()
    {
        await using var binance = await EmulatedClient.StartAsync();
        var (client, token) = (binance.Client, TestContext.Current.CancellationToken);

        Assert.Throws<ArgumentNullException>("httpClient", () => new BinanceOAuthClient(null!) { ClientId = "id" });
        await Assert.ThrowsAsync<ArgumentException>("code", () => client.ExchangeCodeAsync("", EmulatedClient.RedirectUri, null, token));
        await Assert.ThrowsAsync<ArgumentException>("redirectUri", () => client.ExchangeCodeAsync("code", "", null, token));
        await Assert.ThrowsAsync<ArgumentException>("refreshToken", () => client.RefreshAsync("", token));
        await Assert.ThrowsAsync<ArgumentException>("accessToken", () => client.GetUserAsync("", token));
        await Assert.ThrowsAsync<ArgumentException>("accessToken", () => client.RevokeAsync("", token));
        Assert.Empty(binance.Emulator.Requests);
    }
}
