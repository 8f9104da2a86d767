using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Tests.Ticket;

/// <summary>
/// Long values in Binance's responses that are not kept do not grow the cookie, which each request carries. The limits of the values that are kept are tests of
/// the client.
/// </summary>
public sealed class LongValueTests
{
    private const string Tokens = BinanceStub.TokenPath;
    private const string User = BinanceStub.UserPath;

    [Theory]
    [InlineData(Tokens, "scope")]
    [InlineData(Tokens, "added_later")]
    [InlineData(User, "added_later")]
    public async Task A_field_that_is_not_kept_may_be_long_and_does_not_grow_the_cookie(string path, string field)
    {
        var usual = await CookieLengthAsync(path, field, "a");

        var length = await CookieLengthAsync(path, field, new string('a', 24_000));

        Assert.InRange(length, usual - 64, usual + 64);
    }

    [Fact]
    public async Task A_message_beside_a_success_may_be_long()
    {
        using var binance = new BinanceStub();
        binance.Respond(User, Responses.UserWith("message", $"\"{new string('a', 24_000)}\""));
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    private static async Task<int> CookieLengthAsync(string path, string field, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, path, field, value);
        var browser = site.Browser();

        await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
        return browser.CookieHeader("/").Length;
    }

    private static Task<TestSite> StartAsync(BinanceStub binance, string path, string field, string value)
    {
        var json = JsonSerializer.Serialize(value);
        binance.Respond(path, path == Tokens ? Responses.TokensWith(field, json) : Responses.UserDataWith(field, json));
        return TestSite.StartAsync(binance);
    }
}
