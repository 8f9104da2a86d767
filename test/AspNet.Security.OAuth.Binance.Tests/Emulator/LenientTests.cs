using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary><see cref="BinanceEmulatorOptions.Lenient"/>: features of OAuth 2.0 that Binance does not document.</summary>
public sealed class LenientTests : EmulatorTest
{
    [Fact]
    public async Task A_client_may_authenticate_by_HTTP_Basic()
    {
        Emulator.Options.Lenient = true;

        using var response = await RedeemAsync(Basic(BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.ClientSecret), ("client_id", null), ("client_secret", null));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Id_and_secret_in_HTTP_Basic_are_encoded_as_a_form_is()
    {
        Emulator.Options.Lenient = true;
        Emulator.Clients.Add(new EmulatorClient { ClientId = "a:b", ClientSecret = "% +ü", RedirectUris = [Visitor.RedirectUri] });

        using var response = await RedeemAsync(Basic("a%3Ab", "%25+%2B%C3%BC"), "a:b", ("client_id", null), ("client_secret", null));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_public_client_may_send_HTTP_Basic_with_an_empty_secret()
    {
        Emulator.Options.Lenient = true;

        using var response = await RedeemAsync(
            Basic(BinanceEmulatorDefaults.PublicClientId, ""), BinanceEmulatorDefaults.PublicClientId, ("client_id", BinanceEmulatorDefaults.PublicClientId), ("client_secret", null));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task An_empty_secret_parameter_with_HTTP_Basic_counts_as_omitted()
    {
        Emulator.Options.Lenient = true;

        using var response = await RedeemAsync(Basic(BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.ClientSecret), ("client_secret", ""));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task HTTP_Basic_and_a_secret_parameter_together_are_refused()
    {
        Emulator.Options.Lenient = true;

        using var response = await RedeemAsync(Basic(BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.ClientSecret));

        await Visitor.AssertOAuthErrorAsync(response, "invalid_request");
    }

    [Fact]
    public async Task HTTP_Basic_of_one_client_and_the_parameter_of_another_are_refused()
    {
        Emulator.Options.Lenient = true;

        using var response = await RedeemAsync(
            Basic(BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.ClientSecret), ("client_id", BinanceEmulatorDefaults.PublicClientId), ("client_secret", null));

        await Visitor.AssertOAuthErrorAsync(response, "invalid_request");
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !")]
    [InlineData("Basic bm8tY29sb24=")]
    [InlineData("Basic OnNlY3JldA==")]
    [InlineData("Basic YmluYW5jZS1lbXVsYXRvci1jbGllbnQ6d3Jvbmc=")]
    [InlineData("Basic YmluYW5jZS1lbXVsYXRvci1jbGllbnQ6")]
    [InlineData("Bearer abc")]
    public async Task Invalid_credentials_are_refused_with_the_challenge_of_HTTP_Basic(string authorization)
    {
        Emulator.Options.Lenient = true;
        using var request = Requests.Create(HttpMethod.Post, "/oauth/token", $"Authorization: {authorization}");
        request.Content = new FormUrlEncodedContent(Visitor.CodeParameters(await Visitor.GetCodeAsync(), ("client_id", null), ("client_secret", null)));

        using var response = await Visitor.Http.SendAsync(request, Cancellation);

        await Visitor.AssertOAuthErrorAsync(response, "invalid_client", HttpStatusCode.Unauthorized);
        Assert.Equal("Basic", response.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task A_token_may_be_in_the_query()
    {
        Emulator.Options.Lenient = true;
        var issued = Emulator.Tokens.Issue();

        using var user = await Visitor.ApiAsync(HttpMethod.Get, $"/oauth-api/v1/user-info?access_token={issued.AccessToken}", accessToken: null);
        using var revoked = await Visitor.ApiAsync(HttpMethod.Post, $"/oauth-api/v1/revoke-token?access_token={issued.AccessToken}", accessToken: null);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (user.StatusCode, revoked.StatusCode));
        Assert.False(Emulator.Tokens.IsLive(issued.AccessToken));
    }

    [Theory]
    [InlineData("?access_token={0}", true)]
    [InlineData("?access_token={0}&access_token={0}", false)]
    public async Task A_repeated_token_is_refused(string query, bool isInHeader)
    {
        Emulator.Options.Lenient = true;
        var issued = Emulator.Tokens.Issue();

        using var response = await Visitor.ApiAsync(
            HttpMethod.Get, "/oauth-api/v1/user-info" + string.Format(null, query, issued.AccessToken), isInHeader ? issued.AccessToken : null);

        await UserInfoTests.AssertFailureAsync(response, HttpStatusCode.BadRequest, BinanceEmulatorDefaults.InvalidRequestCode);
    }

    [Fact]
    public async Task A_token_in_the_body_is_refused_too()
    {
        Emulator.Options.Lenient = true;

        using var response = await Visitor.PostAsync([new("access_token", Emulator.Tokens.Issue().AccessToken)], "/oauth-api/v1/revoke-token");

        await UserInfoTests.AssertFailureAsync(response, HttpStatusCode.BadRequest, BinanceEmulatorDefaults.InvalidRequestCode);
    }

    [Fact]
    public async Task An_empty_or_unknown_token_in_the_query_is_unauthorized()
    {
        Emulator.Options.Lenient = true;

        using var empty = await Visitor.ApiAsync(HttpMethod.Get, "/oauth-api/v1/user-info?access_token=", accessToken: null);
        using var wrong = await Visitor.ApiAsync(HttpMethod.Get, "/oauth-api/v1/user-info?access_token=wrong", accessToken: null);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (empty.StatusCode, wrong.StatusCode));
    }

    [Fact]
    public async Task By_default_a_token_in_the_query_is_refused_and_the_option_is_named()
    {
        using var response = await Visitor.ApiAsync(HttpMethod.Get, $"/oauth-api/v1/user-info?access_token={Emulator.Tokens.Issue().AccessToken}", accessToken: null);

        await UserInfoTests.AssertFailureAsync(response, HttpStatusCode.BadRequest, BinanceEmulatorDefaults.InvalidRequestCode);
        Assert.Contains("Lenient (--lenient)", (await Visitor.JsonAsync(response)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_else_is_allowed()
    {
        Emulator.Options.Lenient = true;

        using var secretOfPublic = await Visitor.RefreshAsync(
            Emulator.Tokens.Issue(BinanceEmulatorDefaults.PublicClientId).RefreshToken, ("client_id", BinanceEmulatorDefaults.PublicClientId), ("client_secret", "any"));
        using var plain = await Visitor.AuthorizeAsync(("code_challenge_method", "plain"));
        using var blanks = await Visitor.AuthorizeAsync(("scope", "user:openId user:email"));

        await Visitor.AssertOAuthErrorAsync(secretOfPublic, "invalid_client", HttpStatusCode.Unauthorized);
        Assert.Equal(("invalid_request", "invalid_scope"), (Visitor.RedirectParameters(plain)["error"], Visitor.RedirectParameters(blanks)["error"]));
    }

    private static AuthenticationHeaderValue Basic(string id, string secret) => new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{id}:{secret}")));

    private Task<HttpResponseMessage> RedeemAsync(AuthenticationHeaderValue authorization, params (string Name, string? Value)[] changes)
        => RedeemAsync(authorization, BinanceEmulatorDefaults.ClientId, changes);

    private async Task<HttpResponseMessage> RedeemAsync(AuthenticationHeaderValue authorization, string clientId, params (string Name, string? Value)[] changes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token");
        request.Content = new FormUrlEncodedContent(Visitor.CodeParameters(await Visitor.GetCodeAsync(("client_id", clientId)), changes));
        request.Headers.Authorization = authorization;
        return await Visitor.Http.SendAsync(request, Cancellation);
    }
}
