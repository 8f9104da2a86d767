using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Client;

/// <summary>
/// A client without a secret. The emulator counts an empty secret as none (RFC 6749 section 3.2) and Binance may not (W4): the parameter is not sent at all.
/// </summary>
public sealed class PublicClientTests : EmulatorTest
{
    [Fact]
    public async Task Code_is_exchanged_without_a_secret_not_even_an_empty_one()
    {
        using var http = BinanceOAuthClient.CreateHttpClient();
        var code = await Visitor.GetCodeAsync(("client_id", BinanceEmulatorDefaults.PublicClientId));

        await ClientOf(http).ExchangeCodeAsync(code, Visitor.RedirectUri, Visitor.Verifier, Cancellation);

        AssertNoSecret();
    }

    [Fact]
    public async Task Tokens_are_refreshed_without_a_secret_not_even_an_empty_one()
    {
        using var http = BinanceOAuthClient.CreateHttpClient();
        var issued = Emulator.Tokens.Issue(BinanceEmulatorDefaults.PublicClientId);

        await ClientOf(http).RefreshAsync(issued.RefreshToken, Cancellation);

        AssertNoSecret();
    }

    private BinanceOAuthClient ClientOf(HttpClient http) => new(http)
    {
        ClientId = BinanceEmulatorDefaults.PublicClientId,
        Endpoints = BinanceEndpoints.At(Emulator.BaseAddress),
    };

    private void AssertNoSecret()
    {
        var request = Assert.Single(Emulator.Requests.To(EmulatorEndpoint.Token));
        Assert.Equal(200, request.Status);
        Assert.False(request.Form.Contains("client_secret"));
        Assert.False(request.Query.Contains("client_secret"));
        Assert.Null(request.Authorization);
    }
}
