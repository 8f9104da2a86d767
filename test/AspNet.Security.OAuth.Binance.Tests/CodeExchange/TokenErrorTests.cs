namespace AspNet.Security.OAuth.Binance.Tests.CodeExchange;

/// <summary>
/// The codes and texts of an error response (RFC 6749 section 5.2) in the exception. The kind of each response is in <c>FaultMatrixTests</c>.
/// </summary>
public sealed class TokenErrorTests
{
    [Theory]
    [InlineData(400, "invalid_grant")]
    [InlineData(200, "something_new")]
    [InlineData(503, "invalid_grant")]
    public async Task The_exception_has_the_code_and_the_description_of_an_oauth_error(int status, string error)
    {
        var failure = await FailAsync(status, $$"""{"error":"{{error}}","error_description":"Some words."}""");

        Assert.Equal((status, error, "Some words.", null), (failure.StatusCode, failure.Error, failure.ErrorDescription, failure.BinanceCode));
    }

    [Fact]
    public async Task The_exception_has_only_the_status_of_a_response_that_is_not_json()
    {
        var failure = await FailAsync(503, "Not today");

        Assert.Equal((503, null, null), (failure.StatusCode, failure.Error, failure.ErrorDescription));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(200)]
    public async Task The_exception_has_the_code_and_the_message_of_an_envelope(int status)
    {
        var failure = await FailAsync(status, """{"code":"117041","message":"Quote expired","data":null,"success":false}""");

        Assert.Equal(("117041", "Quote expired", null), (failure.BinanceCode, failure.ErrorDescription, failure.Error));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("\"\"")]
    [InlineData("\"bad code\"")]
    [InlineData("\"<script>\"")]
    [InlineData("\"line\\nbreak\"")]
    [InlineData("\"\\ud800\"")]
    public async Task An_error_that_is_not_an_error_code_is_dropped(string json)
    {
        var failure = await FailAsync(400, $$"""{"error":{{json}},"error_description":7}""");

        Assert.Equal(BinanceFailure.TokenError, failure.Failure);
        Assert.Null(failure.Error);
        Assert.Null(failure.ErrorDescription);
    }

    [Fact]
    public async Task An_error_code_of_more_than_64_characters_is_dropped()
    {
        var failure = await FailAsync(400, $$"""{"error":"{{new string('a', 65)}}"}""");

        Assert.Null(failure.Error);
    }

    [Fact]
    public async Task A_description_is_shortened_and_has_no_control_characters()
    {
        var failure = await FailAsync(
            400, $$"""{"error":"invalid_grant","error_description":"one\r\nforged log entry\u0000 {{new string('x', 5000)}}"}""");

        Assert.StartsWith("one  forged log entry  xxx", failure.ErrorDescription, StringComparison.Ordinal);
        Assert.Equal(256, failure.ErrorDescription!.Length);
    }

    [Fact]
    public async Task The_description_is_in_neither_the_message_nor_the_log()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, """{"error":"invalid_grant","error_description":"a description of the server"}""", 400);
        await using var site = await TestSite.StartAsync(binance);

        var failure = await site.FailToSignInAsync();

        Assert.DoesNotContain("a description of the server", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a description of the server", site.LogText, StringComparison.Ordinal);
        Assert.Contains("invalid_grant", site.LogText, StringComparison.Ordinal);
        Assert.Contains("400", site.LogText, StringComparison.Ordinal);
    }

    private static async Task<BinanceAuthenticationException> FailAsync(int status, string body)
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, body, status);
        await using var site = await TestSite.StartAsync(binance);

        var failure = await site.FailToSignInAsync();

        // The server may have used up the code although it responded with an error.
        Assert.Single(binance.TokenRequests);
        Assert.Empty(binance.UserRequests);
        return failure;
    }
}
