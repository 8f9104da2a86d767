using System.Globalization;

namespace AspNet.Security.OAuth.Binance.Tests.CodeExchange;

/// <summary>
/// The fields and the size of a token response (W4). Responses that are not the documented JSON are in <c>FaultMatrixTests</c>.
/// </summary>
public sealed class TokenResponseTests
{
    private const int Limit = 64 * 1024;

    [Theory]
    [InlineData("access_token", null)]
    [InlineData("access_token", "null")]
    [InlineData("access_token", "\"\"")]
    [InlineData("access_token", "5")]
    [InlineData("access_token", "true")]
    [InlineData("access_token", "[\"token\"]")]
    [InlineData("access_token", "{}")]
    [InlineData("access_token", "\"to ken\"")]
    [InlineData("access_token", "\"token\\r\\nX-Injected: yes\"")]
    [InlineData("access_token", "\"token\\u0000\"")]
    [InlineData("access_token", "\"t\\u00f6ken\"")]
    [InlineData("access_token", "\"\\ud800\"")]
    [InlineData("refresh_token", "5")]
    [InlineData("refresh_token", "[]")]
    [InlineData("refresh_token", "\"a\\tb\"")]
    [InlineData("token_type", "\"mac\"")]
    [InlineData("token_type", "\"\"")]
    [InlineData("token_type", "5")]
    [InlineData("scope", "5")]
    [InlineData("scope", "[\"read\"]")]
    [InlineData("expires_in", "0")]
    [InlineData("expires_in", "-1")]
    [InlineData("expires_in", "1.5")]
    [InlineData("expires_in", "1e30")]
    [InlineData("expires_in", "2147483648")]
    [InlineData("expires_in", "\"30714\"")]
    [InlineData("expires_in", "true")]
    [InlineData("error", "5")]
    [InlineData("error", "false")]
    [InlineData("error", "{\"invalid_grant\":1}")]
    [InlineData("error", "\"\\ud800\"")]
    public async Task A_token_response_with_a_wrong_field_is_an_invalid_response(string field, string? json)
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, Responses.TokensWith(field, json));
        await using var site = await TestSite.StartAsync(binance);

        var failure = await site.FailToSignInAsync();

        Assert.Equal((BinanceFailure.InvalidResponse, 200, null), (failure.Failure, failure.StatusCode, failure.Error));
        Assert.Single(binance.TokenRequests);
        Assert.Empty(binance.UserRequests);
    }

    [Theory]
    [InlineData(Limit, true, true)]
    [InlineData(Limit, false, true)]
    [InlineData(Limit + 1, true, false)]
    [InlineData(Limit + 1, false, false)]
    public async Task A_token_response_of_64_KiB_is_accepted_and_a_longer_one_is_not(int size, bool hasLength, bool accepted)
    {
        using var binance = new BinanceStub();
        var length = hasLength ? string.Create(CultureInfo.InvariantCulture, $"Content-Length: {size}\r\n") : string.Empty;
        await using var server = new RawServer($"HTTP/1.1 200 OK\r\n{length}Connection: close\r\n\r\n{Responses.Tokens.PadRight(size)}");
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.TokenEndpoint = server.Url);
        var browser = new SiteBrowser(site);

        await browser.SignInAsync();

        Assert.Equal(accepted, (await browser.SessionAsync()).SignedIn);
        if (!accepted)
        {
            Assert.Equal(BinanceFailure.InvalidResponse, site.SingleFailure().Failure);
        }
    }

    [Theory]
    [InlineData("refresh_token", null)]
    [InlineData("refresh_token", "null")]
    [InlineData("refresh_token", "\"\"")]
    [InlineData("token_type", null)]
    [InlineData("token_type", "null")]
    [InlineData("token_type", "\"Bearer\"")]
    [InlineData("scope", null)]
    [InlineData("scope", "null")]
    [InlineData("expires_in", null)]
    [InlineData("expires_in", "null")]
    [InlineData("added_later", "{\"any\":[1]}")]
    public async Task A_token_response_without_an_optional_field_or_with_an_unknown_one_is_accepted(string field, string? json)
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, Responses.TokensWith(field, json));
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Failures);
    }
}
