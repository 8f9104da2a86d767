using AspNet.Security.OAuth.Binance.Tests.Client.Support;
using static AspNet.Security.OAuth.Binance.BinanceFailure;

namespace AspNet.Security.OAuth.Binance.Tests.Client.Protocol;

/// <summary>
/// The envelope around user information and revocation: a call succeeds only if all of its parts say so.
/// </summary>
public sealed class EnvelopeTests
{
    private const string NoEnvelope = "the response has no code and success";
    private const string Refused = "the call was refused";

    [Theory]
    [InlineData("""{"code":"000000","success":true}""", 200, ApiError, "data does not confirm that the token is revoked")]
    [InlineData("""{"code":"000000","success":true,"data":false}""", 200, ApiError, "data does not confirm that the token is revoked")]
    [InlineData("""{"code":"117041","success":true,"data":true}""", 200, ApiError, Refused)]
    [InlineData("""{"code":"000000","success":false,"data":true}""", 200, ApiError, Refused)]
    [InlineData("""{"code":"117041","success":false}""", 200, ApiError, Refused)]
    [InlineData("""{"code":"000000","success":true,"data":true}""", 400, ApiError, Refused)]
    [InlineData("""{"code":"000000","success":"true","data":true}""", 200, InvalidResponse, NoEnvelope)]
    [InlineData("""{"code":"000000","success":null,"data":true}""", 200, InvalidResponse, NoEnvelope)]
    [InlineData("""{"code":"000000","data":true}""", 200, InvalidResponse, NoEnvelope)]
    [InlineData("""{"code":0,"success":true,"data":true}""", 200, InvalidResponse, NoEnvelope)]
    [InlineData("""{"code":null,"success":true,"data":true}""", 200, InvalidResponse, NoEnvelope)]
    [InlineData("""{"success":true,"data":true}""", 200, InvalidResponse, NoEnvelope)]
    [InlineData("{}", 302, InvalidResponse, "the response is a redirect, which is never followed")]
    [InlineData("{}", 503, Unavailable, "the server is not available")]
    [InlineData("no JSON", 400, ApiError, Refused)]
    [InlineData("no JSON", 200, InvalidResponse, "the response is not JSON")]
    [InlineData("no JSON", 302, InvalidResponse, "the response is a redirect, which is never followed")]
    [InlineData("[]", 200, InvalidResponse, "the response is not a JSON object")]
    public async Task Reason_is_in_the_message(string body, int status, BinanceFailure kind, string reason)
    {
        var failure = await FixedResponse.FailureOfAsync(() => new FixedResponse(body, status).RevokeAsync());

        Assert.Equal((kind, status), (failure.Failure, failure.StatusCode));
        Assert.StartsWith($"Binance's revocation: {reason}, HTTP {status}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_with_status_200_has_the_code_and_the_message()
    {
        var failure = await FailAsync("""{"code":"117041","message":"Quote expired","data":null,"success":false}""");

        Assert.Equal(ApiError, failure.Failure);
        Assert.Equal("117041", failure.BinanceCode);
        Assert.Equal("Quote expired", failure.ErrorDescription);
        Assert.Equal(200, failure.StatusCode);
        Assert.Null(failure.Error);
        Assert.Contains("117041", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Quote expired", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("success", "false", ApiError)]
    [InlineData("success", null, InvalidResponse)]
    [InlineData("success", "null", InvalidResponse)]
    [InlineData("success", "\"true\"", InvalidResponse)]
    [InlineData("success", "1", InvalidResponse)]
    [InlineData("code", "\"000001\"", ApiError)]
    [InlineData("code", "\"000000 \"", ApiError)]
    [InlineData("code", "\"\"", ApiError)]
    [InlineData("code", null, InvalidResponse)]
    [InlineData("code", "null", InvalidResponse)]
    [InlineData("code", "0", InvalidResponse)]
    [InlineData("code", "000000", InvalidResponse)]
    [InlineData("data", null, InvalidResponse)]
    [InlineData("data", "null", InvalidResponse)]
    [InlineData("data", "true", InvalidResponse)]
    [InlineData("data", "[]", InvalidResponse)]
    [InlineData("data", "[{\"userId\":\"one\"}]", InvalidResponse)]
    [InlineData("data", "\"text\"", InvalidResponse)]
    public async Task Call_fails_unless_each_field_indicates_success(string field, string? json, BinanceFailure expected)
        => Assert.Equal(expected, (await FailAsync(Responses.UserWith(field, json))).Failure);

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"userId\":\"one\"}")]
    [InlineData("{\"code\":\"000000\",\"data\":{\"userId\":\"one\"},\"data\":{\"userId\":\"two\"},\"success\":true}")]
    public async Task Response_without_an_envelope_is_invalid(string body)
        => Assert.Equal(InvalidResponse, (await FailAsync(body)).Failure);

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Envelope_of_a_success_with_an_error_status_is_a_failure(int status)
    {
        var failure = await FailAsync(Responses.User, status);

        Assert.Equal(ApiError, failure.Failure);
        Assert.Equal(status, failure.StatusCode);
    }

    [Fact]
    public async Task Error_status_has_the_code_and_the_message()
    {
        var failure = await FailAsync("""{"code":"000002","message":"Unauthorized","data":null,"success":false}""", 401);

        Assert.Equal(ApiError, failure.Failure);
        Assert.Equal(401, failure.StatusCode);
        Assert.Equal("000002", failure.BinanceCode);
        Assert.Equal("Unauthorized", failure.ErrorDescription);
    }

    [Fact]
    public async Task Message_is_cut_and_has_no_control_characters()
    {
        var failure = await FailAsync(
            $$"""{"code":"<b>","message":"one\r\nforged {{new string('x', 5000)}}","data":null,"success":false}""");

        Assert.Null(failure.BinanceCode);
        Assert.StartsWith("one  forged xxx", failure.ErrorDescription, StringComparison.Ordinal);
        Assert.Equal(256, failure.ErrorDescription!.Length);
    }

    [Fact]
    public async Task Message_that_repeats_the_access_token_is_removed()
    {
        var failure = await FixedResponse.FailureOfAsync(() => new FixedResponse(
            """{"code":"the-access-token-that-is-sent","message":"unknown: the-access-token","data":null,"success":false}""").RevokeAsync());

        Assert.Equal((null, null), (failure.BinanceCode, failure.ErrorDescription));
    }

    [Fact]
    public Task Success_is_no_failure() => new FixedResponse(Responses.Revoked).RevokeAsync();

    private static Task<BinanceAuthenticationException> FailAsync(string body, int status = 200)
        => FixedResponse.FailureOfAsync(() => new FixedResponse(body, status).GetUserAsync());
}
