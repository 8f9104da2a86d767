namespace AspNet.Security.OAuth.Binance.Tests.Ticket;

public sealed class EnvelopeTests
{
    [Fact]
    public async Task A_failure_with_status_200_carries_binances_code_and_message()
    {
        var failure = await FailAsync("""{"code":"117041","message":"Quote expired","data":null,"success":false}""");

        Assert.Equal(BinanceFailure.ApiError, failure.Failure);
        Assert.Equal("117041", failure.BinanceCode);
        Assert.Equal("Quote expired", failure.ErrorDescription);
        Assert.Equal(200, failure.StatusCode);
        Assert.Null(failure.Error);
        Assert.Contains("117041", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Quote expired", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("success", "false", BinanceFailure.ApiError)]
    [InlineData("success", null, BinanceFailure.InvalidResponse)]
    [InlineData("success", "null", BinanceFailure.InvalidResponse)]
    [InlineData("success", "\"true\"", BinanceFailure.InvalidResponse)]
    [InlineData("success", "1", BinanceFailure.InvalidResponse)]
    [InlineData("code", "\"000001\"", BinanceFailure.ApiError)]
    [InlineData("code", "\"000000 \"", BinanceFailure.ApiError)]
    [InlineData("code", "\"\"", BinanceFailure.ApiError)]
    [InlineData("code", null, BinanceFailure.InvalidResponse)]
    [InlineData("code", "null", BinanceFailure.InvalidResponse)]
    [InlineData("code", "0", BinanceFailure.InvalidResponse)]
    [InlineData("code", "000000", BinanceFailure.InvalidResponse)]
    [InlineData("data", null, BinanceFailure.InvalidResponse)]
    [InlineData("data", "null", BinanceFailure.InvalidResponse)]
    [InlineData("data", "true", BinanceFailure.InvalidResponse)]
    [InlineData("data", "[]", BinanceFailure.InvalidResponse)]
    [InlineData("data", "[{\"userId\":\"one\"}]", BinanceFailure.InvalidResponse)]
    [InlineData("data", "\"text\"", BinanceFailure.InvalidResponse)]
    public async Task A_sign_in_fails_unless_every_field_of_the_envelope_indicates_success(string field, string? json, BinanceFailure expected)
        => Assert.Equal(expected, (await FailAsync(Responses.UserWith(field, json))).Failure);

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"userId\":\"one\"}")]
    [InlineData("{\"code\":\"000000\",\"data\":{\"userId\":\"one\"},\"data\":{\"userId\":\"two\"},\"success\":true}")]
    public async Task A_sign_in_fails_when_the_response_is_no_envelope(string body)
        => Assert.Equal(BinanceFailure.InvalidResponse, (await FailAsync(body)).Failure);

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task A_sign_in_fails_when_a_success_has_an_error_status(int status)
    {
        var failure = await FailAsync(Responses.User, status);

        Assert.Equal(BinanceFailure.ApiError, failure.Failure);
        Assert.Equal(status, failure.StatusCode);
    }

    [Fact]
    public async Task An_error_status_keeps_binances_code()
    {
        var failure = await FailAsync("""{"code":"000002","message":"Unauthorized","data":null,"success":false}""", 401);

        Assert.Equal(BinanceFailure.ApiError, failure.Failure);
        Assert.Equal(401, failure.StatusCode);
        Assert.Equal("000002", failure.BinanceCode);
        Assert.Equal("Unauthorized", failure.ErrorDescription);
    }

    [Fact]
    public async Task A_message_from_outside_is_cut_and_has_no_control_characters()
    {
        var failure = await FailAsync(
            $$"""{"code":"<b>","message":"one\r\nforged {{new string('x', 5000)}}","data":null,"success":false}""");

        Assert.Null(failure.BinanceCode);
        Assert.StartsWith("one  forged xxx", failure.ErrorDescription, StringComparison.Ordinal);
        Assert.Equal(256, failure.ErrorDescription!.Length);
    }

    private static async Task<BinanceAuthenticationException> FailAsync(string body, int status = 200)
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.UserPath, body, status);
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        await browser.SignInAsync();

        Assert.False((await browser.SessionAsync()).SignedIn);
        return site.SingleFailure();
    }
}
