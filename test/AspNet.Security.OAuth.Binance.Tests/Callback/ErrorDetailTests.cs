using System.Collections;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// The details of an error of the authorization server and of the token endpoint, in the exception's properties and in
/// <see cref="Exception.Data"/>, where the framework's handlers have them.
/// </summary>
public sealed class ErrorDetailTests
{
    private const string ErrorUri = "https://server.example/errors/1?a=b";

    [Theory]
    [InlineData("invalid_scope")]
    [InlineData("access_denied")]
    public async Task Exception_data_equals_that_of_the_framework_s_handler(string error)
    {
        using var binance = new BinanceStub();
        await using var site = await StartWithPlainOAuthAsync(binance, out var plain);
        Dictionary<string, string?> query = new() { ["error"] = error, ["error_description"] = "Some words.", ["error_uri"] = ErrorUri };
        var browser = site.Browser();

        await browser.ReturnWithQueryAsync(new(query) { ["state"] = (await browser.ChallengeAsync()).State });
        await browser.ReturnWithQueryAsync(
            new(query) { ["state"] = (await browser.ChallengeAsync("/login?scheme=Plain")).State }, "/signin-plain");

        var expected = DataOf(Assert.Single(plain));
        Assert.Equal(3, expected.Count);
        Assert.Equal(expected, DataOf(site.SingleFailure()));
    }

    [Fact]
    public async Task Exception_data_of_a_token_error_equals_that_of_the_framework_s_handler()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, """{"error":"invalid_grant","error_description":"Some words."}""", 400);
        await using var site = await StartWithPlainOAuthAsync(binance, out var plain);
        var browser = site.Browser();

        await browser.SignInAsync();
        await browser.ReturnWithCodeAsync(await browser.ChallengeAsync("/login?scheme=Plain"), "/signin-plain");

        var (expected, actual) = (DataOf(Assert.Single(plain)), DataOf(site.SingleFailure()));
        Assert.Equal("invalid_grant", expected["error"]);
        Assert.Equal((expected["error"], expected["error_description"]), (actual["error"], actual["error_description"]));
    }

    [Theory]
    [InlineData("access_denied", BinanceFailure.AccessDenied)]
    [InlineData("invalid_scope", BinanceFailure.AuthorizationError)]
    public async Task Properties_and_data_are_equal(string error, BinanceFailure kind)
    {
        var failure = await ReturnAsync(new() { ["error"] = error, ["error_description"] = "Some words.", ["error_uri"] = ErrorUri });

        Assert.Equal((kind, error, "Some words."), (failure.Failure, failure.Error, failure.ErrorDescription));
        Assert.Equal((error, "Some words.", ErrorUri), (failure.Data["error"], failure.Data["error_description"], failure.Data["error_uri"]));
    }

    [Fact]
    public async Task A_missing_or_dropped_parameter_is_null_or_empty()
    {
        var absent = await ReturnAsync(new() { ["error"] = "invalid_scope" });
        var dropped = await ReturnAsync(new() { ["error"] = "<b>", ["error_description"] = " ", ["error_uri"] = "javascript:alert(1)" });

        Assert.Equal("invalid_scope", absent.Data["error"]);
        Assert.All(
            [absent.Data["error_description"], absent.Data["error_uri"], .. dropped.Data.Values.Cast<object?>()],
            value => Assert.True(value is null or "", $"{value}"));
    }

    [Theory]
    [InlineData("access_denied")]
    [InlineData("invalid_scope")]
    public async Task Texts_are_shortened_and_have_no_control_characters(string error)
    {
        var failure = await ReturnAsync(new()
        {
            ["error"] = error,
            ["error_description"] = "one\r\ninfo: forged\u0000" + new string('x', 5000),
            ["error_uri"] = "https://server.example/" + new string('x', 5000),
        });

        Assert.StartsWith("one  info: forged xxx", failure.ErrorDescription, StringComparison.Ordinal);
        Assert.Equal(256, failure.ErrorDescription!.Length);
        Assert.Equal(failure.ErrorDescription, failure.Data["error_description"]);
        Assert.True(failure.Data["error_uri"] is null or string { Length: <= 256 });
    }

    [Theory]
    [InlineData("access_denied", "code")]
    [InlineData("access_denied", "state")]
    [InlineData("invalid_scope", "code")]
    [InlineData("invalid_scope", "state")]
    public async Task A_text_that_repeats_part_of_the_code_or_the_state_is_dropped(string error, string field)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        var query = new Dictionary<string, string?> { ["code"] = SiteBrowser.Code, ["state"] = (await browser.ChallengeAsync()).State };
        var piece = query[field]![20..32];
        query["error"] = error;
        query["error_description"] = $"no such {field}: {piece}…";
        query["error_uri"] = "https://server.example/" + piece;

        await browser.ReturnWithQueryAsync(query);

        var failure = site.SingleFailure();
        Assert.Equal(error, failure.Data["error"]);
        Assert.DoesNotContain(
            piece, $"{failure} {failure.ErrorDescription} {string.Join(' ', DataOf(failure).Values)} {site.LogText}", StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("client_secret")]
    [InlineData("code")]
    [InlineData("code_verifier")]
    public async Task A_token_error_that_repeats_a_secret_is_not_in_the_data(string field)
    {
        using var binance = new BinanceStub();
        await using var server = new RawServer((request, stream, stop) =>
        {
            var secret = QueryHelpers.ParseQuery(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])[field].Single()![..12];
            return RawServer.SendAsync(
                stream,
                $$"""HTTP/1.1 400 No{{"\r\n"}}Connection: close{{"\r\n\r\n"}}{"error":"{{secret}}","error_description":"bad {{secret}}","error_uri":"https://server.example/{{secret}}"}""",
                stop);
        });
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.TokenEndpoint = server.Url);

        var failure = await site.FailToSignInAsync();

        var secret = QueryHelpers.ParseQuery((await server.FirstRequest).Split("\r\n\r\n")[1])[field].Single()![..12];
        Assert.Equal(BinanceFailure.TokenError, failure.Failure);
        Assert.All(DataOf(failure).Values, value => Assert.DoesNotContain(secret, $"{value}", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("state=garbage")]
    [InlineData("state=")]
    public async Task Without_a_genuine_state_the_exception_has_no_parameter_of_the_callback(string state)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        await site.Browser().GetAsync($"/signin-binance?{state}&error=invalid_scope&error_description=forged");

        Assert.Empty(site.SingleFailure().Data);
        Assert.DoesNotContain("forged", $"{site.SingleFailure()} {site.LogText}", StringComparison.Ordinal);
    }

    private static Task<TestSite> StartWithPlainOAuthAsync(BinanceStub binance, out List<Exception> failures)
    {
        List<Exception> found = [];
        failures = found;
        return TestSite.StartAsync(binance, setup => setup.Authentication = authentication => authentication.AddOAuth("Plain", options =>
        {
            (options.ClientId, options.ClientSecret) = (TestSite.ClientId, TestSite.ClientSecret);
            options.AuthorizationEndpoint = new Uri(binance.Address, "/en/oauth/authorize").AbsoluteUri;
            options.TokenEndpoint = new Uri(binance.Address, BinanceStub.TokenPath).AbsoluteUri;
            options.CallbackPath = "/signin-plain";
            options.CorrelationCookie.SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Lax;
            options.Events = new OAuthEvents
            {
                OnRemoteFailure = context =>
                {
                    found.Add(context.Failure!);
                    context.HandleResponse();
                    return Task.CompletedTask;
                },
            };
        }));
    }

    private static async Task<BinanceAuthenticationException> ReturnAsync(Dictionary<string, string?> query)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        query["state"] = (await browser.ChallengeAsync()).State;

        await browser.ReturnWithQueryAsync(query);

        return site.SingleFailure();
    }

    private static Dictionary<string, object?> DataOf(Exception exception)
        => exception.Data.Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => entry.Value);
}
