namespace AspNet.Security.OAuth.Binance.Tests.Client;

public sealed class BinanceTokensTests
{
    [Fact]
    public void Text_of_tokens_has_no_token()
    {
        var tokens = new BinanceTokens { AccessToken = "one", RefreshToken = "two", ExpiresAt = DateTimeOffset.UnixEpoch };

        Assert.Equal("Tokens that expire at 1970-01-01 00:00:00Z", tokens.ToString());
        Assert.Equal("Tokens that expire at an unknown time", new BinanceTokens { AccessToken = "one" }.ToString());
    }
}
