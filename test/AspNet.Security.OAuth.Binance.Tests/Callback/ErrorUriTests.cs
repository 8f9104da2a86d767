namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// <see cref="BinanceAuthenticationException.ErrorUri"/>: the address of a page for developers (RFC 6749 section 4.1.2.1).
/// </summary>
public sealed class ErrorUriTests
{
    [Theory]
    [InlineData("https://server.example/errors/1?a=b#c")]
    [InlineData("http://server.example/")]
    public async Task An_absolute_http_address_is_kept(string errorUri)
    {
        var failure = await ReturnAsync("invalid_scope", errorUri);

        Assert.Equal(errorUri, failure.ErrorUri);
        Assert.Equal(errorUri, failure.Data["error_uri"]);
    }

    [Fact]
    public async Task A_cancelled_sign_in_has_the_error_uri()
        => Assert.Equal("https://server.example/1", (await ReturnAsync("access_denied", "https://server.example/1")).ErrorUri);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("ftp://server.example/1")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/errors/1")]
    [InlineData("//server.example/1")]
    [InlineData("server.example/1")]
    [InlineData("https://")]
    [InlineData("https://server.example/\r\nforged")]
    public async Task A_text_that_is_not_an_absolute_http_address_is_dropped(string errorUri)
    {
        var failure = await ReturnAsync("invalid_scope", errorUri);

        Assert.Null(failure.ErrorUri);
        Assert.True(failure.Data["error_uri"] is null or "");
    }

    [Fact]
    public async Task An_address_that_is_too_long_is_dropped_and_not_shortened()
        => Assert.Null((await ReturnAsync("invalid_scope", "https://server.example/" + new string('x', 5000))).ErrorUri);

    private static async Task<BinanceAuthenticationException> ReturnAsync(string error, string errorUri)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        var request = await browser.ChallengeAsync();

        await browser.ReturnWithQueryAsync(new() { ["error"] = error, ["error_uri"] = errorUri, ["state"] = request.State });

        return site.SingleFailure();
    }
}
