namespace AspNet.Security.OAuth.Binance.Tests;

public sealed class UserIdTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\" \"")]
    [InlineData("\"\\t\"")]
    [InlineData("12345")]
    [InlineData("true")]
    [InlineData("[\"one\"]")]
    [InlineData("{}")]
    [InlineData("\"one\\u0000two\"")]
    [InlineData("\"one\\ntwo\"")]
    [InlineData("\"one\\u0085two\"")]
    [InlineData("\"\\udc00\"")]
    public async Task Nobody_is_signed_in_without_a_proper_user_id(string? json)
    {
        var (session, failure) = await SignInAsync("userId", json);

        Assert.False(session.SignedIn);
        Assert.Equal(BinanceFailure.InvalidResponse, failure!.Failure);
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public async Task A_user_id_has_at_most_256_characters(int length, bool accepted)
    {
        var userId = new string('7', length);

        var (session, failure) = await SignInAsync("userId", $"\"{userId}\"");

        Assert.Equal(accepted ? userId : null, session.UserId);
        Assert.Equal(accepted ? null : BinanceFailure.InvalidResponse, failure?.Failure);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("[\"user@example.com\"]")]
    [InlineData("false")]
    [InlineData("\"\\ud800\"")]
    public async Task Nobody_is_signed_in_with_an_email_that_is_not_text(string json)
    {
        var (session, failure) = await SignInAsync("email", json);

        Assert.False(session.SignedIn);
        Assert.Equal(BinanceFailure.InvalidResponse, failure!.Failure);
    }

    private static async Task<(Session Session, BinanceAuthenticationException? Failure)> SignInAsync(string field, string? json)
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.UserPath, Answers.UserDataWith(field, json));
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        using var response = await browser.SignInAsync();

        return (await browser.SessionAsync(), site.Failures.IsEmpty ? null : site.SingleFailure());
    }
}
