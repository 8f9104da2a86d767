using System.Globalization;

namespace AspNet.Security.OAuth.Binance.Tests.CodeExchange;

/// <summary>
/// The size of a token response. Its fields are tests of the client.
/// </summary>
public sealed class TokenResponseSizeTests
{
    private const int Limit = 64 * 1024;

    [Theory]
    [InlineData(Limit, true, true)]
    [InlineData(Limit, false, true)]
    [InlineData(Limit + 1, true, false)]
    [InlineData(Limit + 1, false, false)]
    public async Task A_token_response_of_64_KiB_is_accepted_and_a_longer_one_is_not(int size, bool hasLength, bool accepted)
    {
        using var binance = new BinanceStub();
        var length = hasLength ? string.Create(CultureInfo.InvariantCulture, $"Content-Length: {size}\r\n") : string.Empty;
        await using var server = new RawServer($"HTTP/1.1 200 OK\r\n{length}Connection: close\r\n\r\n{Responses.Tokens.PadLeft(size)}");
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.TokenEndpoint = server.Url);
        var browser = site.Browser();

        await browser.SignInAsync();

        Assert.Equal(accepted, (await browser.SessionAsync()).SignedIn);
        if (!accepted)
        {
            Assert.Equal(BinanceFailure.InvalidResponse, site.SingleFailure().Failure);
        }
    }
}
