using WireMock.ResponseBuilders;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A response in JSON that has the firewall's header (W8): whatever it refuses, it is the firewall that refuses.
/// </summary>
public sealed class FirewallJsonTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(400)]
    public async Task A_refusal_of_the_firewall_says_nothing_about_a_refresh_token(int status)
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, Response.Create()
            .WithStatusCode(status)
            .WithHeader("Content-Type", "application/json")
            .WithHeader("x-amzn-waf-action", "challenge")
            .WithBody("""{"error":"invalid_grant"}"""));
        using var http = BinanceOAuthClient.CreateHttpClient();
        var client = new BinanceOAuthClient(http) { ClientId = TestSite.ClientId, Endpoints = BinanceEndpoints.At(binance.Address) };

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(
            () => client.RefreshAsync("a-refresh-token", TestContext.Current.CancellationToken));

        Assert.Equal(BinanceFailure.Unavailable, failure.Failure);
    }
}
