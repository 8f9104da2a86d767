using System.Globalization;

namespace AspNet.Security.OAuth.Binance.Tests;

public sealed class BrokenTokenAnswerTests
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
    public Task A_token_answer_with_a_wrong_field_is_no_sign_in(string field, string? json)
        => ExpectInvalidResponseAsync(Answers.TokensWith(field, json));

    [Theory]
    [InlineData("")]
    [InlineData("access_token=token")]
    [InlineData("{\"access_token\":\"token\"")]
    [InlineData("{\"access_token\":\"token\"} {}")]
    [InlineData("{\"access_token\":\"token\",}")]
    [InlineData("[{\"access_token\":\"token\"}]")]
    [InlineData("\"token\"")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"access_token\":\"one\",\"access_token\":\"two\"}")]
    [InlineData("{\"ACCESS_TOKEN\":\"token\"}")]
    [InlineData("{\"\\ud800\":1,\"access_token\":\"token\"}")]
    [InlineData("{\"access_token\":\"token\",\"x\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}")]
    public Task An_answer_that_is_not_the_documented_json_is_no_sign_in(string body) => ExpectInvalidResponseAsync(body);

    [Fact]
    public Task Text_instead_of_json_is_no_sign_in()
        => ExpectInvalidResponseAsync("Please wait", contentType: "text/plain");

    [Fact]
    public Task An_empty_success_is_no_sign_in() => ExpectInvalidResponseAsync(string.Empty, status: 204);

    [Fact]
    public Task Bytes_that_are_not_text_are_no_sign_in() => ExpectInvalidResponseAsync("{\"access_token\":\"\xff\xfe\"}");

    [Theory]
    [InlineData(Limit, true, true)]
    [InlineData(Limit, false, true)]
    [InlineData(Limit + 1, true, false)]
    [InlineData(Limit + 1, false, false)]
    public async Task At_most_64_kib_of_an_answer_are_read_whether_it_says_its_length_or_not(int size, bool saysLength, bool accepted)
    {
        using var binance = new BinanceStub();
        var length = saysLength ? string.Create(CultureInfo.InvariantCulture, $"Content-Length: {size}\r\n") : string.Empty;
        await using var server = new RawServer($"HTTP/1.1 200 OK\r\n{length}Connection: close\r\n\r\n{Answers.Tokens.PadRight(size)}");
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.TokenEndpoint = server.Url);
        var browser = new SiteBrowser(site);

        using var response = await browser.SignInAsync();

        Assert.Equal(accepted, (await browser.SessionAsync()).SignedIn);
        if (!accepted)
        {
            Assert.Equal(BinanceFailure.InvalidResponse, site.SingleFailure().Failure);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task An_answer_that_never_ends_is_left_after_64_kib()
    {
        using var binance = new BinanceStub();
        await using var server = new RawServer(static async (_, stream, stop) =>
        {
            await RawServer.SendAsync(stream, "HTTP/1.1 200 OK\r\n\r\n", stop);
            while (true)
            {
                await RawServer.SendAsync(stream, new string(' ', 4096), stop);
            }
        });
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.TokenEndpoint = server.Url);

        var failure = await site.FailToSignInAsync();

        Assert.Equal(BinanceFailure.InvalidResponse, failure.Failure);
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
    public async Task An_answer_that_only_leaves_out_or_adds_something_is_a_sign_in(string field, string? json)
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, Answers.TokensWith(field, json));
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        using var response = await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Failures);
    }

    private static async Task ExpectInvalidResponseAsync(string body, int status = 200, string contentType = "application/json")
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, body, status, contentType);
        await using var site = await TestSite.StartAsync(binance);

        var failure = await site.FailToSignInAsync();

        Assert.Equal(BinanceFailure.InvalidResponse, failure.Failure);
        Assert.Equal(status, failure.StatusCode);
        Assert.Null(failure.Error);
        Assert.Single(binance.TokenRequests);
        Assert.Empty(binance.UserRequests);
    }
}
