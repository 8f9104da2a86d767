using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class AuthorizeTests : EmulatorTest
{
    [Theory]
    [InlineData("client_id", null)]
    [InlineData("client_id", "")]
    [InlineData("client_id", "unknown")]
    [InlineData("redirect_uri", null)]
    [InlineData("redirect_uri", "")]
    [InlineData("redirect_uri", "https://attacker.example.com/signin-binance")]
    [InlineData("redirect_uri", "http://localhost:5200/signin-binance/")]
    [InlineData("redirect_uri", "http://localhost:5200/signin-binance?x=1")]
    [InlineData("redirect_uri", "http://localhost:5200/signin-binance#x")]
    [InlineData("redirect_uri", "http://localhost:5200/a/../signin-binance")]
    [InlineData("redirect_uri", "http://localhost:5200/SignIn-Binance")]
    [InlineData("redirect_uri", "http://localhost:99999/signin-binance")]
    [InlineData("redirect_uri", "http://localhost:5200@attacker.example.com/signin-binance")]
    [InlineData("redirect_uri", "http://localhost.attacker.example.com/signin-binance")]
    [InlineData("redirect_uri", "http://localhost/signin-binance\n")]
    [InlineData("redirect_uri", "//attacker.example.com/signin-binance")]
    public async Task Whoever_is_not_known_is_never_redirected_to(string parameter, string? value)
    {
        using var response = await Visitor.AuthorizeAsync((parameter, value));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null(response.Headers.Location);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("client_id", BinanceEmulatorDefaults.ClientId)]
    [InlineData("redirect_uri", Visitor.RedirectUri)]
    public async Task A_repeated_client_or_redirect_uri_is_never_redirected_to(string parameter, string value)
    {
        using var response = await Visitor.Http.GetAsync($"{Visitor.AuthorizeUrl()}&{parameter}={Uri.EscapeDataString(value)}", Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null(response.Headers.Location);
    }

    [Theory]
    [InlineData("invalid_request", "response_type", null)]
    [InlineData("unsupported_response_type", "response_type", "token")]
    [InlineData("invalid_request", "response_mode", "form_post")]
    [InlineData("invalid_request", "response_mode", "fragment")]
    [InlineData("invalid_scope", "scope", null)]
    [InlineData("invalid_scope", "scope", "")]
    [InlineData("invalid_scope", "scope", "user:openId user:email")]
    [InlineData("invalid_scope", "scope", "user:openId, user:email")]
    [InlineData("invalid_scope", "scope", "user:openId,")]
    [InlineData("invalid_scope", "scope", "user:openId,user:openId")]
    [InlineData("invalid_scope", "scope", "user:\"openId\"")]
    [InlineData("invalid_request", "code_challenge_method", null)]
    [InlineData("invalid_request", "code_challenge_method", "plain")]
    [InlineData("invalid_request", "code_challenge_method", "s256")]
    [InlineData("invalid_request", "code_challenge", null)]
    [InlineData("invalid_request", "code_challenge", "too-short")]
    [InlineData("invalid_request", "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM")]
    [InlineData("invalid_request", "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=")]
    public async Task Another_error_is_redirected_to_the_application_with_its_state(string error, string parameter, string? value)
    {
        using var response = await Visitor.AuthorizeAsync((parameter, value));

        Assert.StartsWith(Visitor.RedirectUri + "?error=", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var parameters = Visitor.RedirectParameters(response);
        Assert.Equal((error, "the-state"), (parameters["error"], parameters["state"]));
    }

    [Fact]
    public async Task A_response_mode_that_Binance_does_not_document_is_named()
    {
        using var response = await Visitor.AuthorizeAsync(("response_mode", "form_post"));

        Assert.Contains("response_mode", Visitor.RedirectParameters(response)["error_description"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("query")]
    [InlineData("")]
    public async Task The_default_response_mode_is_accepted(string mode)
    {
        using var response = await Visitor.AuthorizeAsync(("response_mode", mode), ("emulator_user", BinanceEmulatorDefaults.UserId));

        Assert.Equal(["code", "state"], Visitor.RedirectParameters(response).Keys);
    }

    [Theory]
    [InlineData(129)]
    [InlineData(42)]
    public async Task A_challenge_of_a_wrong_length_is_refused(int length)
    {
        using var response = await Visitor.AuthorizeAsync(("code_challenge", new string('a', length)));

        Assert.Equal("invalid_request", Visitor.RedirectParameters(response)["error"]);
    }

    [Theory]
    [InlineData("state", "x")]
    [InlineData("scope", "user:openId")]
    [InlineData("anything", "x")]
    public async Task A_repeated_parameter_is_refused(string parameter, string value)
    {
        using var response = await Visitor.Http.GetAsync($"{Visitor.AuthorizeUrl((parameter, value))}&{parameter}={value}", Cancellation);

        Assert.Equal("invalid_request", Visitor.RedirectParameters(response)["error"]);
    }

    [Fact]
    public async Task A_public_client_without_PKCE_is_refused()
    {
        using var response = await Visitor.AuthorizeAsync(
            ("client_id", BinanceEmulatorDefaults.PublicClientId), ("code_challenge", null), ("code_challenge_method", null));

        Assert.Equal("invalid_request", Visitor.RedirectParameters(response)["error"]);
    }

    [Fact]
    public async Task A_confidential_client_can_omit_PKCE()
    {
        var code = await Visitor.GetCodeAsync(("code_challenge", null), ("code_challenge_method", null));

        using var response = await Visitor.RedeemAsync(code, ("code_verifier", null));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_scope_that_the_client_must_not_request_is_refused()
    {
        Emulator.Clients.Add(new EmulatorClient { ClientId = "limited", RedirectUris = [Visitor.RedirectUri], AllowedScopes = ["user:openId"] });

        using var refused = await Visitor.AuthorizeAsync(("client_id", "limited"));
        using var allowed = await Visitor.AuthorizeAsync(("client_id", "limited"), ("scope", "user:openId"));

        Assert.Equal("invalid_scope", Visitor.RedirectParameters(refused)["error"]);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("a%20b")]
    [InlineData("a+b")]
    [InlineData("%FF%00")]
    [InlineData("a%2fb")]
    [InlineData("a%26b%3Dc")]
    public async Task The_state_is_returned_byte_for_byte(string encoded)
    {
        using var response = await Visitor.Http.GetAsync($"{Visitor.AuthorizeUrl(("state", null), ("emulator_user", BinanceEmulatorDefaults.UserId))}&state={encoded}", Cancellation);

        Assert.EndsWith($"&state={encoded}", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_state_is_optional()
    {
        using var response = await Visitor.AuthorizeAsync(("state", null), ("emulator_user", BinanceEmulatorDefaults.UserId));

        Assert.Equal(["code"], Visitor.RedirectParameters(response).Keys);
    }

    [Theory]
    [InlineData("/oauth/authorize", true)]
    [InlineData("/tr/oauth/authorize", true)]
    [InlineData("/bn/oauth/authorize", true)]
    [InlineData("/xx/oauth/authorize", false)]
    [InlineData("/EN/oauth/authorize", false)]
    [InlineData("/en/OAuth/Authorize", false)]
    [InlineData("/en/oauth/authorize/", false)]
    [InlineData("/en/en/oauth/authorize", false)]
    public async Task The_authorize_path_has_a_language_of_Binance_or_none(string path, bool exists)
    {
        using var response = await Visitor.Http.GetAsync(path + Visitor.QueryString(Visitor.AuthorizeParameters()), Cancellation);

        Assert.Equal(exists ? HttpStatusCode.OK : HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Another_method_is_not_allowed(string method)
    {
        using var response = await Visitor.ApiAsync(new HttpMethod(method), Visitor.AuthorizeUrl(), accessToken: null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD", "POST"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_code_has_the_format_of_Binance_and_is_unique()
    {
        var codes = new[] { await Visitor.GetCodeAsync(), await Visitor.GetCodeAsync() };

        Assert.All(codes, code => Assert.Matches("^[0-9a-f]{40}$", code));
        Assert.NotEqual(codes[0], codes[1]);
    }

    [Fact]
    public async Task The_error_page_encodes_the_received_and_the_accepted_values()
    {
        using var response = await Visitor.AuthorizeAsync(("redirect_uri", "https://x.example.com/<script>alert(1)</script>"));

        var html = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("https://x.example.com/&lt;script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1/signin-binance", html, StringComparison.Ordinal);
    }
}
