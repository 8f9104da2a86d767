using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.CodeExchange;

/// <summary>
/// Secrets that a server repeats in its response are in no exception and no log.
/// </summary>
public sealed class EchoedSecretTests
{
    private const string Code = "a/secret+code=of&this";

    [Theory]
    [InlineData("client_secret")]
    [InlineData("code")]
    [InlineData("code_verifier")]
    public Task A_description_that_repeats_a_secret_is_dropped(string field)
        => ExpectSecrecyAsync(form => Json(400, new() { ["error"] = "invalid_grant", ["error_description"] = $"{form[field]} is wrong" }));

    [Theory]
    [InlineData("client_secret")]
    [InlineData("code")]
    public Task A_description_that_repeats_an_encoded_secret_is_dropped(string field)
        => ExpectSecrecyAsync(form => Json(
            400, new() { ["error"] = "invalid_grant", ["error_description"] = $"bad {field}={Uri.EscapeDataString(form[field])}" }));

    [Theory]
    [InlineData("client_secret")]
    [InlineData("code")]
    [InlineData("code_verifier")]
    public Task Texts_that_repeat_part_of_a_secret_are_dropped(string field)
        => ExpectSecrecyAsync(
            form => Json(400, new()
            {
                ["error"] = Piece(form[field]),
                ["code"] = Piece(form[field]),
                ["error_description"] = $"no such {field}: {Piece(form[field])}…",
            }),
            Piece);

    [Theory]
    [InlineData("client_secret")]
    [InlineData("code")]
    [InlineData("code_verifier")]
    public Task Codes_and_messages_that_repeat_a_secret_are_dropped(string field)
        => ExpectSecrecyAsync(form => Json(
            400, new() { ["error"] = form[field], ["code"] = form[field], ["message"] = $"no: {form[field]}", ["success"] = "false" }));

    [Fact]
    public Task A_description_that_repeats_the_whole_form_is_dropped()
        => ExpectSecrecyAsync(form => Json(400, new() { ["error"] = "invalid_request", ["error_description"] = form["*"] }));

    [Fact]
    public Task A_wrong_field_that_repeats_a_secret_is_not_quoted()
        => ExpectSecrecyAsync(form => Json(200, new() { ["access_token"] = "token", ["token_type"] = form["client_secret"] }));

    [Fact]
    public Task A_body_that_is_not_json_is_not_quoted()
        => ExpectSecrecyAsync(form => $"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n{form["client_secret"]} {form["*"]}");

    [Fact]
    public Task A_status_line_that_repeats_the_form_is_not_quoted()
        => ExpectSecrecyAsync(form => $"{form["*"]} {form["client_secret"]} {form["code"]}\r\n\r\n");

    [Fact]
    public Task A_broken_header_that_repeats_the_form_is_not_quoted()
        => ExpectSecrecyAsync(form => $"HTTP/1.1 200 OK\r\n{form["*"]} {form["client_secret"]} {form["code"]}\r\n\r\n");

    [Fact]
    public Task A_reason_phrase_that_repeats_the_form_is_not_quoted()
        => ExpectSecrecyAsync(form => $"HTTP/1.1 400 {form["client_secret"]} {form["*"]}\r\nContent-Length: 0\r\n\r\n");

    [Fact]
    public async Task A_message_of_user_info_that_repeats_the_access_token_is_dropped()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.UserPath, $$"""
            {"code":"{{Responses.AccessToken}}","message":"no such token: {{Responses.AccessToken}}","data":null,"success":false}
            """);
        await using var site = await TestSite.StartAsync(binance);

        AssertSecrecy(site, await site.FailToSignInAsync(), [Responses.AccessToken]);
    }

    [Fact]
    public async Task A_message_of_user_info_that_repeats_part_of_the_access_token_is_dropped()
    {
        using var binance = new BinanceStub();
        var piece = Piece(Responses.AccessToken);
        binance.Respond(BinanceStub.UserPath, $$"""{"code":"{{piece}}","message":"no such token: {{piece}}…","data":null,"success":false}""");
        await using var site = await TestSite.StartAsync(binance);

        AssertSecrecy(site, await site.FailToSignInAsync(), [piece]);
    }

    [Theory]
    [InlineData("code")]
    [InlineData("state")]
    public async Task An_authorize_error_that_repeats_another_parameter_is_dropped(string field)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        var query = new Dictionary<string, string?> { ["code"] = SiteBrowser.Code, ["state"] = (await browser.ChallengeAsync()).State };
        var piece = query[field]![20..32];
        query["error"] = piece;
        query["error_description"] = $"no such {field}: {piece}…";

        await browser.ReturnWithQueryAsync(query);

        Assert.Equal(BinanceFailure.AuthorizationError, site.SingleFailure().Failure);
        AssertSecrecy(site, site.SingleFailure(), [piece]);
    }

    private static string Piece(string secret) => secret[..12];

    private static async Task ExpectSecrecyAsync(Func<Dictionary<string, string>, string> respond, Func<string, string>? piece = null)
    {
        using var binance = new BinanceStub();
        await using var server = new RawServer((request, stream, stop) => RawServer.SendAsync(stream, respond(FormOf(request)), stop));
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.TokenEndpoint = server.Url);
        var browser = site.Browser();

        var challenge = await browser.ChallengeAsync();
        await browser.ReturnWithQueryAsync(new() { ["code"] = Code, ["state"] = challenge.State });
        var form = FormOf(await server.FirstRequest);

        string[] secrets = [form["client_secret"], form["code"], form["code_verifier"]];
        AssertSecrecy(site, site.SingleFailure(), [.. secrets, .. secrets.Select(Uri.EscapeDataString), .. secrets.Select(piece ?? (secret => secret))]);
    }

    private static void AssertSecrecy(TestSite site, BinanceAuthenticationException failure, string[] secrets)
    {
        var everything = $"{failure} {failure.Error} {failure.ErrorDescription} {failure.BinanceCode} {site.LogText}";
        Assert.NotEmpty(site.Logs);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, everything, StringComparison.OrdinalIgnoreCase));
    }

    private static Dictionary<string, string> FormOf(string request)
    {
        var body = request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        var form = QueryHelpers.ParseQuery(body).ToDictionary(field => field.Key, field => field.Value.Single()!);
        form["*"] = body;
        return form;
    }

    private static string Json(int status, Dictionary<string, string> fields)
        => $"HTTP/1.1 {status} Response\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{JsonSerializer.Serialize(fields)}";
}
