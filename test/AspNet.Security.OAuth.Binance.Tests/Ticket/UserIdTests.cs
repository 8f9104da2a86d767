namespace AspNet.Security.OAuth.Binance.Tests.Ticket;

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
    public async Task A_sign_in_fails_without_a_valid_user_id(string? json)
    {
        var (session, failure) = await SignInAsync("userId", json);

        Assert.False(session.SignedIn);
        Assert.Equal(BinanceFailure.InvalidResponse, failure!.Failure);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("[\"user@example.com\"]")]
    [InlineData("false")]
    [InlineData("\"\\ud800\"")]
    public async Task A_sign_in_fails_with_an_email_that_is_not_text(string json)
    {
        var (session, failure) = await SignInAsync("email", json);

        Assert.False(session.SignedIn);
        Assert.Equal(BinanceFailure.InvalidResponse, failure!.Failure);
    }

    private static async Task<(SiteSession Session, BinanceAuthenticationException? Failure)> SignInAsync(string field, string? json)
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.UserPath, Responses.UserDataWith(field, json));
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        await browser.SignInAsync();

        return (await browser.SessionAsync(), site.Failures.IsEmpty ? null : site.SingleFailure());
    }
}
