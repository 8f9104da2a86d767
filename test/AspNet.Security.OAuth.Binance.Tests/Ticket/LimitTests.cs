using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Tests.Ticket;

/// <summary>
/// The longest values that are accepted from Binance, and their characters. They are stored in a cookie, which each request carries.
/// </summary>
public sealed class LimitTests
{
    private const string Tokens = BinanceStub.TokenPath;
    private const string User = BinanceStub.UserPath;

    [Theory]
    [InlineData(Tokens, "access_token", 4096, true)]
    [InlineData(Tokens, "access_token", 4097, false)]
    [InlineData(Tokens, "access_token", 24_000, false)]
    [InlineData(Tokens, "refresh_token", 4096, true)]
    [InlineData(Tokens, "refresh_token", 4097, false)]
    [InlineData(Tokens, "refresh_token", 24_000, false)]
    [InlineData(Tokens, "token_type", 33, false)]
    [InlineData(Tokens, "token_type", 24_000, false)]
    [InlineData(User, "userId", 256, true)]
    [InlineData(User, "userId", 257, false)]
    [InlineData(User, "userId", 24_000, false)]
    [InlineData(User, "email", 320, true)]
    [InlineData(User, "email", 321, false)]
    [InlineData(User, "email", 24_000, false)]
    public async Task A_field_has_at_most_so_many_characters(string path, string field, int length, bool accepted)
    {
        var failure = await SignInAsync(path, field, new string('a', length));

        Assert.Equal(accepted ? null : BinanceFailure.InvalidResponse, failure?.Failure);
    }

    [Theory]
    [InlineData(320, true)]
    [InlineData(321, false)]
    public async Task An_email_is_measured_in_characters_and_not_in_bytes(int length, bool accepted)
        => Assert.Equal(accepted, await SignInAsync(User, "email", new string('ü', length)) is null);

    [Theory]
    [InlineData("\u0021")]
    [InlineData("\u007e")]
    [InlineData("<b>7</b>")]
    [InlineData("\"7\"")]
    public async Task A_user_id_of_visible_ASCII_characters_is_kept_unchanged(string userId)
    {
        var session = await SessionAsync(userId);

        Assert.Equal(userId, session.UserId);
    }

    // Each of these can be displayed like "one" or like an empty text, so that it could pass for another user.
    [Theory]
    [InlineData(" one")]
    [InlineData("one ")]
    [InlineData("o ne")]
    [InlineData("\tone")]
    [InlineData("one\n")]
    [InlineData("one\u0000")]
    [InlineData("one\u007f")]
    [InlineData("one\u0085")]
    [InlineData("\u00a0one")]
    [InlineData("one\u00ad")]
    [InlineData("o\u0301ne")]
    [InlineData("one\u2003")]
    [InlineData("o\u200bne")]
    [InlineData("one\u200d")]
    [InlineData("\u200eone")]
    [InlineData("\u202eeno")]
    [InlineData("\u2066one\u2069")]
    [InlineData("\u3000one")]
    [InlineData("\ufeffone")]
    [InlineData("\uff4f\uff4e\uff45")]
    [InlineData("\u043ene")]
    [InlineData("\uff11\uff12")]
    [InlineData("\U0001f600")]
    [InlineData("\U000e0041one")]
    [InlineData("\u200b")]
    public async Task A_user_id_of_other_characters_is_rejected(string userId)
    {
        var session = await SessionAsync(userId);

        Assert.False(session.SignedIn);
    }

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

    private static async Task<BinanceAuthenticationException?> SignInAsync(string path, string field, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, path, field, value);
        var browser = site.Browser();

        await browser.SignInAsync();

        Assert.Equal(site.Failures.IsEmpty, (await browser.SessionAsync()).SignedIn);
        return site.Failures.IsEmpty ? null : site.SingleFailure();
    }

    private static async Task<SiteSession> SessionAsync(string userId)
    {
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, User, "userId", userId);
        var browser = site.Browser();

        await browser.SignInAsync();

        var session = await browser.SessionAsync();
        Assert.All(site.Failures, context => Assert.Equal(BinanceFailure.InvalidResponse, ((BinanceAuthenticationException)context.Failure!).Failure));
        return session;
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
