using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class TokenEndpointTests : EmulatorTest
{
    [Fact]
    public async Task The_response_has_the_documented_format()
    {
        using var response = await Visitor.RedeemAsync(await Visitor.GetCodeAsync());

        var json = await Visitor.JsonAsync(response);
        Assert.Equal(["access_token", "refresh_token", "scope", "token_type", "expires_in"], json.EnumerateObject().Select(property => property.Name));
        Assert.True(Guid.TryParseExact(json.GetProperty("access_token").GetString(), "D", out _));
        Assert.True(Guid.TryParseExact(json.GetProperty("refresh_token").GetString(), "D", out _));
        Assert.Equal("read", json.GetProperty("scope").GetString());
        Assert.Equal("bearer", json.GetProperty("token_type").GetString());
        Assert.Equal((JsonValueKind.Number, 30714), (json.GetProperty("expires_in").ValueKind, json.GetProperty("expires_in").GetInt32()));
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal("no-cache", response.Headers.Pragma.ToString());
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Expires_in_is_the_lifetime_of_the_options()
    {
        Emulator.Options.AccessTokenLifetime = TimeSpan.FromSeconds(90.9);

        using var response = await Visitor.RedeemAsync(await Visitor.GetCodeAsync());

        Assert.Equal(90, (await Visitor.JsonAsync(response)).GetProperty("expires_in").GetInt32());
    }

    [Fact]
    public async Task The_documented_query_form_works()
    {
        var query = Visitor.QueryString(Visitor.CodeParameters(await Visitor.GetCodeAsync()));

        using var response = await Visitor.Http.PostAsync("/oauth/token" + query, content: null, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_parameter_in_query_and_body_is_refused()
    {
        var parameters = Visitor.CodeParameters(await Visitor.GetCodeAsync());

        using var response = await Visitor.PostAsync(parameters, "/oauth/token?grant_type=authorization_code");

        await Visitor.AssertOAuthErrorAsync(response, "invalid_request");
    }

    [Fact]
    public async Task A_repeated_parameter_is_refused()
    {
        var parameters = Visitor.CodeParameters(await Visitor.GetCodeAsync()).Append(new("code", "another"));

        using var response = await Visitor.PostAsync(parameters);

        await Visitor.AssertOAuthErrorAsync(response, "invalid_request");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data")]
    [InlineData(null)]
    public async Task Another_content_type_is_refused(string? contentType)
    {
        using var form = new FormUrlEncodedContent(Visitor.CodeParameters(await Visitor.GetCodeAsync()));
        using var content = new ByteArrayContent(await form.ReadAsByteArrayAsync(Cancellation));
        content.Headers.ContentType = contentType is null ? null : new MediaTypeHeaderValue(contentType);

        using var response = await Visitor.Http.PostAsync("/oauth/token", content, Cancellation);

        await Visitor.AssertOAuthErrorAsync(response, "invalid_request");
    }

    [Fact]
    public async Task A_form_with_a_charset_is_a_form()
    {
        using var content = new FormUrlEncodedContent(Visitor.CodeParameters(await Visitor.GetCodeAsync()));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded; charset=utf-8");

        using var response = await Visitor.Http.PostAsync("/oauth/token", content, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Another_method_is_not_allowed(string method)
    {
        using var response = await Visitor.ApiAsync(new HttpMethod(method), "/oauth/token", accessToken: null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData(null, "invalid_request")]
    [InlineData("", "invalid_request")]
    [InlineData("password", "unsupported_grant_type")]
    [InlineData("client_credentials", "unsupported_grant_type")]
    public async Task Another_grant_type_is_refused(string? grantType, string error)
    {
        using var response = await Visitor.RedeemAsync(await Visitor.GetCodeAsync(), ("grant_type", grantType));

        await Visitor.AssertOAuthErrorAsync(response, error);
    }

    [Theory]
    [InlineData("client_id", null)]
    [InlineData("client_id", "unknown")]
    [InlineData("client_secret", null)]
    [InlineData("client_secret", "")]
    [InlineData("client_secret", "wrong")]
    public async Task A_client_that_does_not_authenticate_is_refused_and_its_code_stays_valid(string parameter, string? value)
    {
        var code = await Visitor.GetCodeAsync();

        using var refused = await Visitor.RedeemAsync(code, (parameter, value));
        using var accepted = await Visitor.RedeemAsync(code);

        await Visitor.AssertOAuthErrorAsync(refused, "invalid_client", HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    [Fact]
    public async Task A_public_client_that_sends_a_secret_is_refused()
    {
        var code = await Visitor.GetCodeAsync(("client_id", BinanceEmulatorDefaults.PublicClientId));

        using var response = await Visitor.RedeemAsync(code, ("client_id", BinanceEmulatorDefaults.PublicClientId), ("client_secret", "anything"));

        await Visitor.AssertOAuthErrorAsync(response, "invalid_client", HttpStatusCode.Unauthorized);
    }

    // RFC 6749 section 3.2. Libraries send "client_secret=" for a public client.
    [Fact]
    public async Task An_empty_secret_of_a_public_client_counts_as_omitted_and_is_in_the_journal()
    {
        var code = await Visitor.GetCodeAsync(("client_id", BinanceEmulatorDefaults.PublicClientId));

        using var response = await Visitor.RedeemAsync(code, ("client_id", BinanceEmulatorDefaults.PublicClientId), ("client_secret", ""));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var request = Assert.Single(Emulator.Requests.To(EmulatorEndpoint.Token));
        Assert.True(request.Form.Contains("client_secret"));
        Assert.Equal("", request.Form["client_secret"]);
    }

    [Fact]
    public async Task An_empty_verifier_counts_as_omitted()
    {
        var code = await Visitor.GetCodeAsync(("code_challenge", null), ("code_challenge_method", null));

        using var response = await Visitor.RedeemAsync(code, ("code_verifier", ""));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task An_empty_scope_of_a_refresh_counts_as_omitted()
    {
        using var response = await Visitor.RefreshAsync(Emulator.Tokens.Issue(scopes: ["user:openId"]).RefreshToken, ("scope", ""));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Basic_authentication_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token")
        {
            Content = new FormUrlEncodedContent(Visitor.CodeParameters(await Visitor.GetCodeAsync(), ("client_id", null), ("client_secret", null))),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{BinanceEmulatorDefaults.ClientId}:{BinanceEmulatorDefaults.ClientSecret}")));

        using var response = await Visitor.Http.SendAsync(request, Cancellation);

        await Visitor.AssertOAuthErrorAsync(response, "invalid_client", HttpStatusCode.Unauthorized);
        Assert.Equal("Basic", response.Headers.WwwAuthenticate.Single().Scheme);
        var description = (await Visitor.JsonAsync(response)).GetProperty("error_description").GetString();
        Assert.All(["parameters", "Lenient", "--lenient"], word => Assert.Contains(word, description, StringComparison.Ordinal));
    }
}
