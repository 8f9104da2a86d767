using AspNet.Security.OAuth.Binance.Tests.Client.Support;
using static AspNet.Security.OAuth.Binance.BinanceFailure;

namespace AspNet.Security.OAuth.Binance.Tests.Client.Protocol;

/// <summary>
/// The fields of the token endpoint's response: which are accepted, and what a failure says.
/// </summary>
public sealed class TokenFieldsTests
{
    private const string Least = """{"access_token":"one"}""";

    [Fact]
    public async Task All_fields_are_read()
    {
        var tokens = await new FixedResponse("""{"access_token":"one","refresh_token":"two","token_type":"Bearer","scope":"read","expires_in":60}""").ExchangeAsync();

        Assert.Equal(("one", "two", "Bearer", FixedResponse.Now.AddSeconds(60)), (tokens.AccessToken, tokens.RefreshToken, tokens.TokenType, tokens.ExpiresAt));
        Assert.Equal("read", tokens.Raw.GetProperty("scope").GetString());
    }

    [Theory]
    [InlineData(Least)]
    [InlineData("""{"access_token":"one","refresh_token":null,"token_type":null,"scope":null,"expires_in":null,"error":null}""")]
    [InlineData("""{"access_token":"one","refresh_token":"","added_later":{"any":[1]}}""")]
    public async Task Absent_fields_are_null(string body)
    {
        var tokens = await new FixedResponse(body).ExchangeAsync();

        Assert.Equal(("one", null, null, null), (tokens.AccessToken, tokens.RefreshToken, tokens.TokenType, tokens.ExpiresAt));
    }

    [Theory]
    [InlineData(Least, "the-old-one")]
    [InlineData("""{"access_token":"one","refresh_token":""}""", "the-old-one")]
    [InlineData("""{"access_token":"one","refresh_token":"two"}""", "two")]
    public async Task Refresh_token_is_kept_unless_there_is_a_new_one(string body, string expected)
        => Assert.Equal(expected, (await new FixedResponse(body).RefreshAsync("the-old-one")).RefreshToken);

    [Theory]
    [InlineData("access_token", "null", "access_token is missing or is not a token")]
    [InlineData("access_token", "\"\"", "access_token is missing or is not a token")]
    [InlineData("access_token", "7", "access_token is missing or is not a token")]
    [InlineData("access_token", "\"a b\"", "access_token is missing or is not a token")]
    [InlineData("access_token", "\"a\\u007f\"", "access_token is missing or is not a token")]
    [InlineData("access_token", "\"\\ud800\"", "access_token is missing or is not a token")]
    [InlineData("refresh_token", "7", "refresh_token is not a token")]
    [InlineData("refresh_token", "\"\\ud800\"", "refresh_token is not a token")]
    [InlineData("refresh_token", "\"a b\"", "refresh_token is not a token")]
    [InlineData("token_type", "7", "token_type is not bearer")]
    [InlineData("token_type", "\"mac\"", "token_type is not bearer")]
    [InlineData("scope", "7", "scope is not text")]
    [InlineData("expires_in", "\"60\"", "expires_in is not a positive number of seconds")]
    [InlineData("expires_in", "0", "expires_in is not a positive number of seconds")]
    [InlineData("expires_in", "-1", "expires_in is not a positive number of seconds")]
    [InlineData("expires_in", "1.5", "expires_in is not a positive number of seconds")]
    [InlineData("error", "7", "error is not text")]
    [InlineData("access_token", null, "access_token is missing or is not a token")]
    [InlineData("access_token", "5", "access_token is missing or is not a token")]
    [InlineData("access_token", "true", "access_token is missing or is not a token")]
    [InlineData("access_token", "[\"token\"]", "access_token is missing or is not a token")]
    [InlineData("access_token", "{}", "access_token is missing or is not a token")]
    [InlineData("access_token", "\"to ken\"", "access_token is missing or is not a token")]
    [InlineData("access_token", "\"token\\r\\nX-Injected: yes\"", "access_token is missing or is not a token")]
    [InlineData("access_token", "\"token\\u0000\"", "access_token is missing or is not a token")]
    [InlineData("access_token", "\"t\\u00f6ken\"", "access_token is missing or is not a token")]
    [InlineData("refresh_token", "5", "refresh_token is not a token")]
    [InlineData("refresh_token", "[]", "refresh_token is not a token")]
    [InlineData("refresh_token", "\"a\\tb\"", "refresh_token is not a token")]
    [InlineData("token_type", "\"\"", "token_type is not bearer")]
    [InlineData("token_type", "5", "token_type is not bearer")]
    [InlineData("scope", "5", "scope is not text")]
    [InlineData("scope", "[\"read\"]", "scope is not text")]
    [InlineData("expires_in", "1e30", "expires_in is not a positive number of seconds")]
    [InlineData("expires_in", "2147483648", "expires_in is not a positive number of seconds")]
    [InlineData("expires_in", "\"30714\"", "expires_in is not a positive number of seconds")]
    [InlineData("expires_in", "true", "expires_in is not a positive number of seconds")]
    [InlineData("error", "5", "error is not text")]
    [InlineData("error", "false", "error is not text")]
    [InlineData("error", "{\"invalid_grant\":1}", "error is not text")]
    [InlineData("error", "\"\\ud800\"", "error is not text")]
    public async Task Wrong_field_is_named(string field, string? json, string reason)
    {
        var failure = await FixedResponse.FailureOfAsync(() => new FixedResponse(Responses.TokensWith(field, json)).ExchangeAsync());

        Assert.Equal(InvalidResponse, failure.Failure);
        Assert.Equal($"Binance's token endpoint: {reason}, HTTP 200.", failure.Message);
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    public async Task Token_has_at_most_4096_characters(int length, bool accepted)
    {
        var token = new string('a', length);
        foreach (var field in new[] { "access_token", "refresh_token" })
        {
            var exchange = new FixedResponse(Responses.TokensWith(field, $"\"{token}\"")).ExchangeAsync();
            Assert.Equal(accepted, await Record.ExceptionAsync(() => exchange) is null);
        }
    }

    [Theory]
    [InlineData("!")]
    [InlineData("~")]
    public async Task Token_has_visible_ASCII_characters(string token)
        => Assert.Equal(token, (await new FixedResponse($$"""{"access_token":"{{token}}"}""").ExchangeAsync()).AccessToken);

    [Theory]
    [InlineData("server_error", 400, Unavailable, "the server is not available")]
    [InlineData("temporarily_unavailable", 400, Unavailable, "the server is not available")]
    [InlineData("invalid_client", 401, InvalidClient, "the client id and secret were refused")]
    [InlineData("unauthorized_client", 400, InvalidClient, "the client id and secret were refused")]
    [InlineData("invalid_grant", 400, InvalidGrant, "the code or the refresh token was refused")]
    [InlineData("invalid_token", 401, InvalidGrant, "the code or the refresh token was refused")]
    [InlineData("invalid_grant", 200, InvalidGrant, "the code or the refresh token was refused")]
    [InlineData("invalid_scope", 400, TokenError, "the request was refused")]
    [InlineData("something_new", 302, InvalidResponse, "the response is a redirect, which is never followed")]
    [InlineData("invalid_grant", 503, Unavailable, "the server is not available")]
    public async Task Error_code_decides_the_failure(string error, int status, BinanceFailure kind, string reason)
    {
        var failure = await FixedResponse.FailureOfAsync(() => new FixedResponse($$"""{"error":"{{error}}"}""", status).ExchangeAsync());

        Assert.Equal((kind, error, status), (failure.Failure, failure.Error, failure.StatusCode));
        Assert.Equal($"Binance's token endpoint: {reason}, HTTP {status}, error {error}.", failure.Message);
    }

    [Fact]
    public async Task Texts_of_an_error_are_properties_and_data()
    {
        var failure = await FixedResponse.FailureOfAsync(() => new FixedResponse(
            """{"error":"invalid_scope","error_description":"No such scope","message":"not used","error_uri":"https://binance.example/e","code":"117041"}""", 400).ExchangeAsync());

        Assert.Equal("Binance's token endpoint: the request was refused, HTTP 400, error invalid_scope, code 117041.", failure.Message);
        Assert.Equal(
            ("invalid_scope", "No such scope", "https://binance.example/e", "117041"), (failure.Error, failure.ErrorDescription, failure.ErrorUri, failure.BinanceCode));
        Assert.Equal(("invalid_scope", "No such scope", "https://binance.example/e"), (failure.Data["error"], failure.Data["error_description"], failure.Data["error_uri"]));
    }

    [Fact]
    public async Task Failure_without_texts_has_no_data()
    {
        var failure = await FixedResponse.FailureOfAsync(() => new FixedResponse("{}", 400).ExchangeAsync());

        Assert.Equal((TokenError, "Binance's token endpoint: the request was refused, HTTP 400."), (failure.Failure, failure.Message));
        Assert.Empty(failure.Data);
    }

    [Theory]
    [InlineData("""{"message":"Quote expired","code":"117041"}""", 400, TokenError)]
    [InlineData("""{"message":"Quote expired","code":"117041"}""", 200, InvalidResponse)]
    public async Task Message_of_an_envelope_is_the_description(string body, int status, BinanceFailure kind)
    {
        var failure = await FixedResponse.FailureOfAsync(() => new FixedResponse(body, status).ExchangeAsync());

        Assert.Equal((kind, "Quote expired", "117041"), (failure.Failure, failure.ErrorDescription, failure.BinanceCode));
    }

    [Theory]
    [InlineData("the-code-of-the-response")]
    [InlineData("the-verifier-of-the-request")]
    [InlineData("the%20secret%2Fof+this")]
    [InlineData("THE+SECRET%2fOF%2BTHIS")]
    [InlineData("the secret/of+this")]
    [InlineData("cut: the-verifier-")]
    [InlineData("cut:-the-request")]
    public async Task Description_that_repeats_a_secret_is_removed(string description)
    {
        var failure = await FixedResponse.FailureOfAsync(
            () => new FixedResponse($$"""{"error":"invalid_grant","error_description":"{{description}}"}""", 400).ExchangeAsync(secret: "the secret/of+this"));

        Assert.Null(failure.ErrorDescription);
    }

    [Theory]
    [InlineData(256, 256)]
    [InlineData(257, 256)]
    public async Task Description_has_at_most_256_characters(int length, int expected)
    {
        var failure = await FixedResponse.FailureOfAsync(
            () => new FixedResponse($$"""{"error":"invalid_scope","error_description":"{{new string('d', length)}}"}""", 400).ExchangeAsync());

        Assert.Equal(expected, failure.ErrorDescription!.Length);
    }

    [Theory]
    [InlineData("http://binance.example/e", true)]
    [InlineData("https://binance.example/e", true)]
    [InlineData("ftp://binance.example/e", false)]
    [InlineData("https://user@binance.example/e", false)]
    [InlineData("/e", false)]
    [InlineData("https://binance.example/é", false)]
    [InlineData("https://binance.example/a b", false)]
    [InlineData("https://binance.example/the-code-of-the-response", false)]
    [InlineData("https://binance.example/the%2Dcode%2Dof%2Dthe%2Dresponse", false)]
    public async Task Address_of_a_page_is_an_http_URL_without_user_information(string address, bool accepted)
    {
        var failure = await FixedResponse.FailureOfAsync(
            () => new FixedResponse($$"""{"error":"invalid_scope","error_uri":"{{address}}"}""", 400).ExchangeAsync());

        Assert.Equal(accepted ? address : null, failure.ErrorUri);
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public async Task Address_of_a_page_has_at_most_256_characters(int length, bool accepted)
    {
        var address = "https://binance.example/".PadRight(length, 'a');
        var failure = await FixedResponse.FailureOfAsync(
            () => new FixedResponse($$"""{"error":"invalid_scope","error_uri":"{{address}}"}""", 400).ExchangeAsync());

        Assert.Equal(accepted ? address : null, failure.ErrorUri);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("a_b-c.9", "a_b-c.9")]
    [InlineData("a b", null)]
    public async Task Error_code_has_the_form_of_one(string error, string? expected)
        => Assert.Equal(expected, (await FixedResponse.FailureOfAsync(() => new FixedResponse($$"""{"error":"{{error}}"}""", 400).ExchangeAsync())).Error);

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public async Task Error_code_has_at_most_64_characters(int length, bool accepted)
    {
        var error = new string('e', length);

        var failure = await FixedResponse.FailureOfAsync(() => new FixedResponse($$"""{"error":"{{error}}"}""", 400).ExchangeAsync());

        Assert.Equal(accepted ? error : null, failure.Error);
    }
}
