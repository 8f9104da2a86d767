namespace AspNet.Security.OAuth.Binance.Tests;

public sealed class TokenErrorTests
{
    [Theory]
    [InlineData(400, "invalid_grant", BinanceFailure.InvalidGrant)]
    [InlineData(401, "invalid_grant", BinanceFailure.InvalidGrant)]
    [InlineData(401, "invalid_token", BinanceFailure.InvalidGrant)]
    [InlineData(400, "invalid_client", BinanceFailure.InvalidClient)]
    [InlineData(401, "invalid_client", BinanceFailure.InvalidClient)]
    [InlineData(400, "unauthorized_client", BinanceFailure.InvalidClient)]
    [InlineData(400, "invalid_request", BinanceFailure.TokenError)]
    [InlineData(400, "unsupported_grant_type", BinanceFailure.TokenError)]
    [InlineData(400, "invalid_scope", BinanceFailure.TokenError)]
    [InlineData(403, "something_new", BinanceFailure.TokenError)]
    [InlineData(400, "server_error", BinanceFailure.Unavailable)]
    [InlineData(400, "temporarily_unavailable", BinanceFailure.Unavailable)]
    [InlineData(503, "invalid_grant", BinanceFailure.Unavailable)]
    [InlineData(200, "invalid_grant", BinanceFailure.InvalidGrant)]
    [InlineData(200, "something_new", BinanceFailure.TokenError)]
    public async Task An_oauth_error_is_told_by_its_kind_its_code_and_its_words(int status, string error, BinanceFailure expected)
    {
        var failure = await FailAsync(status, $$"""{"error":"{{error}}","error_description":"Some words."}""");

        Assert.Equal(expected, failure.Failure);
        Assert.Equal(error, failure.Error);
        Assert.Equal("Some words.", failure.ErrorDescription);
        Assert.Equal(status, failure.StatusCode);
        Assert.Null(failure.BinanceCode);
    }

    [Theory]
    [InlineData(500, BinanceFailure.Unavailable)]
    [InlineData(502, BinanceFailure.Unavailable)]
    [InlineData(503, BinanceFailure.Unavailable)]
    [InlineData(408, BinanceFailure.Unavailable)]
    [InlineData(429, BinanceFailure.Unavailable)]
    [InlineData(400, BinanceFailure.TokenError)]
    [InlineData(401, BinanceFailure.TokenError)]
    [InlineData(403, BinanceFailure.TokenError)]
    [InlineData(404, BinanceFailure.TokenError)]
    public async Task A_status_without_an_oauth_error_is_told_by_its_kind(int status, BinanceFailure expected)
    {
        var failure = await FailAsync(status, "Not today");

        Assert.Equal(expected, failure.Failure);
        Assert.Equal(status, failure.StatusCode);
        Assert.Null(failure.Error);
        Assert.Null(failure.ErrorDescription);
    }

    [Theory]
    [InlineData(400, BinanceFailure.TokenError)]
    [InlineData(200, BinanceFailure.InvalidResponse)]
    public async Task An_envelope_in_place_of_an_oauth_error_gives_its_code_and_message(int status, BinanceFailure expected)
    {
        var failure = await FailAsync(status, """{"code":"117041","message":"Quote expired","data":null,"success":false}""");

        Assert.Equal(expected, failure.Failure);
        Assert.Equal("117041", failure.BinanceCode);
        Assert.Equal("Quote expired", failure.ErrorDescription);
        Assert.Null(failure.Error);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("\"\"")]
    [InlineData("\"bad code\"")]
    [InlineData("\"<script>\"")]
    [InlineData("\"line\\nbreak\"")]
    [InlineData("\"\\ud800\"")]
    public async Task An_error_that_is_not_shaped_like_a_code_is_left_out(string json)
    {
        var failure = await FailAsync(400, $$"""{"error":{{json}},"error_description":7}""");

        Assert.Equal(BinanceFailure.TokenError, failure.Failure);
        Assert.Null(failure.Error);
        Assert.Null(failure.ErrorDescription);
    }

    [Fact]
    public async Task An_error_code_of_more_than_64_characters_is_left_out()
    {
        var failure = await FailAsync(400, $$"""{"error":"{{new string('a', 65)}}"}""");

        Assert.Null(failure.Error);
    }

    [Fact]
    public async Task A_description_is_cut_and_has_no_control_characters()
    {
        var failure = await FailAsync(
            400, $$"""{"error":"invalid_grant","error_description":"one\r\nforged log entry\u0000 {{new string('x', 5000)}}"}""");

        Assert.StartsWith("one  forged log entry  xxx", failure.ErrorDescription, StringComparison.Ordinal);
        Assert.Equal(256, failure.ErrorDescription!.Length);
    }

    [Fact]
    public async Task Words_of_the_server_are_in_no_message_and_no_log()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, """{"error":"invalid_grant","error_description":"words of the server"}""", 400);
        await using var site = await TestSite.StartAsync(binance);

        var failure = await site.FailToSignInAsync();

        Assert.DoesNotContain("words of the server", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("words of the server", site.LogText, StringComparison.Ordinal);
        Assert.Contains("invalid_grant", site.LogText, StringComparison.Ordinal);
        Assert.Contains("400", site.LogText, StringComparison.Ordinal);
    }

    private static async Task<BinanceAuthenticationException> FailAsync(int status, string body)
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, body, status);
        await using var site = await TestSite.StartAsync(binance);

        var failure = await site.FailToSignInAsync();

        // Whoever answers an error may have used the code up all the same: it is never sent a second time.
        Assert.Single(binance.TokenRequests);
        Assert.Empty(binance.UserRequests);
        return failure;
    }
}
