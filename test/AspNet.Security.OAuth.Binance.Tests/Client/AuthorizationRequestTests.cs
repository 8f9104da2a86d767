
namespace AspNet.Security.OAuth.Binance.Tests.Client;

public sealed class AuthorizationRequestTests
{
    private const string RedirectUri = "https://site.example/signin-binance";
    private const string Secret = "^[A-Za-z0-9_-]{43}$";

    private static readonly string[] _scopes = ["user:openId", "user:email", "create:apikey", "user:email"];

    // The handler uses the framework's URL, and the client creates its own.
    [Theory]
    [InlineData("user:openId", null, "/en/oauth/authorize")]
    [InlineData("user:openId user:email create:apikey user:email", "tr", "/tr/oauth/authorize")]
    [InlineData("user:openId,asset:balance a&b=c", "zh-TW", "/zh-TW/oauth/authorize")]
    public async Task Client_requests_the_same_as_the_handler(string scopes, string? locale, string path)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options =>
        {
            options.Scope.Clear();
            foreach (var scope in scopes.Split(' '))
            {
                options.Scope.Add(scope);
            }

            options.Locale = locale ?? options.Locale;
        });

        var handler = await site.Browser().ChallengeAsync();
        var client = new AuthorizeRequest(ClientAt(binance.Address).CreateAuthorizationRequest(RedirectUri, scopes.Split(' '), locale).Url);

        Assert.Equal((path, path), (handler.Path, client.Path));
        Assert.Equal(handler.Url.GetLeftPart(UriPartial.Authority), client.Url.GetLeftPart(UriPartial.Authority));
        Assert.Equal(Fixed(handler), Fixed(client));
        Assert.Equal(
            ["client_id", "code_challenge", "code_challenge_method", "redirect_uri", "response_type", "scope", "state"],
            client.Query.Keys.Order(StringComparer.Ordinal));
        Assert.All([handler, client], request => Assert.Matches(Secret, request.Query["code_challenge"].ToString()));
    }

    [Fact]
    public void Scopes_are_joined_by_commas_each_once()
        => Assert.Equal("user:openId,user:email,create:apikey", BinanceOAuthClient.FormatScope(_scopes));

    [Fact]
    public void Each_request_has_a_state_and_a_verifier_of_its_own()
    {
        var client = ClientAt(new Uri("https://binance.example"));

        var requests = Enumerable.Range(0, 10).Select(_ => client.CreateAuthorizationRequest(RedirectUri, _scopes)).ToArray();

        Assert.All(requests, request => Assert.Matches(Secret, request.State));
        Assert.All(requests, request => Assert.Matches(Secret, request.CodeVerifier));
        Assert.Equal(20, requests.SelectMany(request => (string[])[request.State, request.CodeVerifier]).Distinct().Count());
        Assert.All(requests, request => Assert.Equal(request.State, new AuthorizeRequest(request.Url).State));
        Assert.All(requests, request => Assert.DoesNotContain(request.CodeVerifier, request.Url.AbsoluteUri, StringComparison.Ordinal));
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        var client = ClientAt(new Uri("https://binance.example"));

        Assert.Throws<ArgumentNullException>("redirectUri", () => client.CreateAuthorizationRequest(null!, _scopes));
        Assert.Throws<ArgumentException>("redirectUri", () => client.CreateAuthorizationRequest("", _scopes));
        Assert.Throws<ArgumentNullException>("scopes", () => client.CreateAuthorizationRequest(RedirectUri, null!));
        Assert.Throws<ArgumentException>("scopes", () => client.CreateAuthorizationRequest(RedirectUri, [" ", ","]));
        Assert.Throws<ArgumentException>("locale", () => client.CreateAuthorizationRequest(RedirectUri, _scopes, "../evil"));
    }

    [Fact]
    public void Additional_parameters_follow_in_their_order_encoded()
    {
        var request = ClientAt(new Uri("https://binance.example"))
            .CreateAuthorizationRequest(RedirectUri, _scopes, additionalParameters: [new("bundleID", "app & more"), new("a", "=")]);

        Assert.EndsWith("&bundleID=app%20%26%20more&a=%3D", request.Url.AbsoluteUri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("client_id")]
    [InlineData("client_secret")]
    [InlineData("code")]
    [InlineData("code_challenge")]
    [InlineData("code_challenge_method")]
    [InlineData("code_verifier")]
    [InlineData("redirect_uri")]
    [InlineData("response_mode")]
    [InlineData("response_type")]
    [InlineData("scope")]
    [InlineData("state")]
    [InlineData("STATE")]
    [InlineData("bundleID", "BUNDLEID")]
    public void Additional_parameter_has_a_name_of_its_own(params string[] names)
    {
        var client = ClientAt(new Uri("https://binance.example"));

        var failure = Assert.Throws<ArgumentException>(
            "additionalParameters",
            () => client.CreateAuthorizationRequest(RedirectUri, _scopes, additionalParameters: names.Select(name => KeyValuePair.Create(name, "value"))));

        Assert.StartsWith("A parameter is without a name, repeated, or one of the protocol's own.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Query_of_the_endpoint_is_kept()
    {
        var client = new BinanceOAuthClient(BinanceOAuthClient.CreateHttpClient())
        {
            ClientId = "id",
            Endpoints = new()
            {
                Authorization = new Uri("https://binance.example/en/oauth/authorize?own=1"),
                Token = new Uri("https://binance.example/t"),
                UserInformation = new Uri("https://binance.example/u"),
                Revocation = new Uri("https://binance.example/r"),
            },
        };

        Assert.StartsWith(
            "https://binance.example/tr/oauth/authorize?own=1&client_id=id&scope=", client.CreateAuthorizationRequest(RedirectUri, _scopes, "tr").Url.AbsoluteUri, StringComparison.Ordinal);
    }

    private static BinanceOAuthClient ClientAt(Uri address) => new(BinanceOAuthClient.CreateHttpClient())
    {
        ClientId = TestSite.ClientId,
        Endpoints = BinanceEndpoints.At(address),
    };

    private static Dictionary<string, string> Fixed(AuthorizeRequest request) => request.Query
        .Where(parameter => parameter.Key is not ("state" or "code_challenge"))
        .ToDictionary(parameter => parameter.Key, parameter => Assert.Single(parameter.Value)!);
}
