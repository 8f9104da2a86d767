using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

public sealed class SignInRequestTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    [Theory]
    [InlineData(null, "/oauth/authorize")]
    [InlineData("tr", "/tr/oauth/authorize")]
    [InlineData("en", "/en/oauth/authorize")]
    public async Task Address_has_the_language_of_the_options_and_none_by_default(string? locale, string path)
    {
        await using var app = await NativeApp.StartAsync(options => options.Locale = locale);

        await app.Login.SignInAsync(Stop);

        Assert.Equal(path, Assert.Single(app.Binance.Requests.To(EmulatorEndpoint.Authorize)).Path);
    }

    [Fact]
    public void Address_at_Binance_has_no_language_so_that_its_app_can_open_it()
    {
        using var login = new BinanceLogin(new() { ClientId = "client", RedirectUri = NativeApp.RedirectUri });

        Assert.StartsWith("https://accounts.binance.com/oauth/authorize?", login.BeginSignIn().Url.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scopes_are_joined_by_commas_and_additional_parameters_are_added()
    {
        await using var app = await NativeApp.StartAsync(options =>
        {
            options.Scope.Add("user:email");
            options.AdditionalAuthorizationParameters["bundleID"] = "com.example.app & more";
        });

        await app.Login.SignInAsync(Stop);

        var request = Assert.Single(app.Binance.Requests.To(EmulatorEndpoint.Authorize));
        Assert.Equal("user:openId,user:email", request.Query["scope"]);
        Assert.Equal("com.example.app & more", request.Query["bundleID"]);
        Assert.Equal("code", request.Query["response_type"]);
        Assert.Equal(NativeApp.ClientId, request.Query["client_id"]);
    }

    [Fact]
    public async Task Redirect_uri_is_sent_unchanged_to_the_token_endpoint()
    {
        const string Odd = "com.example.App:/Sign-In/%c3%BC?app=A%20b";
        await using var app = await NativeApp.StartAsync(options => options.RedirectUri = Odd);
        app.Binance.Clients.Remove(NativeApp.ClientId);
        app.Binance.Clients.Add(new() { ClientId = NativeApp.ClientId, RedirectUris = [Odd] });

        await app.Login.SignInAsync(Stop);
        var pending = app.Login.BeginSignIn();
        await app.NewLogin().CompleteSignInAsync(BinancePendingSignIn.Deserialize(pending.Serialize()), (await app.Browser.SignInAsync(pending.Url))!, Stop);

        Assert.All(app.Binance.Requests.To(EmulatorEndpoint.Authorize), request => Assert.Equal(Odd, request.Query["redirect_uri"]));
        Assert.Equal([Odd, Odd], app.Binance.Requests.To(EmulatorEndpoint.Token).Select(request => request.Form["redirect_uri"]));
    }

    [Fact]
    public async Task Each_sign_in_has_a_state_and_a_proof_key_of_its_own()
    {
        await using var app = await NativeApp.StartAsync();

        for (var i = 0; i < 3; i++)
        {
            await app.Login.SignInAsync(Stop);
        }

        var authorized = app.Binance.Requests.To(EmulatorEndpoint.Authorize);
        Assert.Equal(3, authorized.Select(request => request.Query["state"]).Distinct().Count(state => state is { Length: >= 43 }));
        Assert.All(authorized, request => Assert.Equal("S256", request.Query["code_challenge_method"]));
        Assert.Equal(
            authorized.Select(request => request.Query["code_challenge"]),
            app.Binance.Requests.To(EmulatorEndpoint.Token).Select(request => ChallengeOf(request.Form["code_verifier"]!)));
        Assert.Equal(3, authorized.Select(request => request.Query["code_challenge"]).Distinct().Count());
    }

    [Fact]
    public async Task No_request_has_a_secret_and_no_token_or_code_is_in_an_address()
    {
        await using var app = await NativeApp.StartAsync();

        await app.Login.SignInAsync(Stop);
        app.MakeDue();
        await app.Login.GetAccessTokenAsync(Stop);
        await app.Login.SignOutAsync(Stop);

        Assert.Equal(2, app.TokenRequests);
        Assert.All(app.Binance.Requests, request =>
        {
            Assert.False(request.Form.Contains("client_secret"));
            Assert.False(request.Query.Contains("client_secret"));
            Assert.False(request.Authorization?.StartsWith("Basic", StringComparison.OrdinalIgnoreCase) is true);
            Assert.True(request.Endpoint is EmulatorEndpoint.Authorize || request.RawQuery.Length is 0);
        });
        Assert.All(app.Binance.Requests.To(EmulatorEndpoint.Token), request => Assert.Equal(NativeApp.ClientId, request.Form["client_id"]));
    }

    [Fact]
    public async Task Browser_gets_the_address_and_the_redirect_URI_and_its_text_has_no_state()
    {
        await using var app = await NativeApp.StartAsync();

        await app.Login.SignInAsync(Stop);

        var opened = Assert.Single(app.Browser.Opened);
        Assert.Equal(opened.Url, opened.LaunchUrl);
        Assert.Equal(NativeApp.RedirectUri, opened.RedirectUri.OriginalString);
        Assert.DoesNotContain(app.Binance.Requests.To(EmulatorEndpoint.Authorize)[0].Query["state"]!, opened.ToString(), StringComparison.Ordinal);
        Assert.Contains(NativeApp.RedirectUri, opened.ToString(), StringComparison.Ordinal);
    }

    private static string ChallengeOf(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}
