namespace AspNet.Security.OAuth.Binance.Tests.Client;

public sealed class EndpointsTests
{
    public static TheoryData<string> WrongAddresses =>
    [
        "relative/path",
        "/relative/path",
        "ftp://server.example",
        "file:///etc/hosts",
        "https://server.example?a=b",
        "https://server.example/path?a=b",
        "https://server.example#there",
    ];

    [Fact]
    public void Production_endpoints_are_the_defaults_of_the_handler()
        => Assert.Equal(
            [
                BinanceAuthenticationDefaults.AuthorizationEndpoint,
                BinanceAuthenticationDefaults.TokenEndpoint,
                BinanceAuthenticationDefaults.UserInformationEndpoint,
                BinanceAuthenticationDefaults.RevocationEndpoint,
            ],
            Urls(BinanceEndpoints.Production));

    [Fact]
    public void Production_endpoints_are_those_of_the_document()
        => Assert.Equal(
            [
                "https://accounts.binance.com/en/oauth/authorize",
                "https://accounts.binance.com/oauth/token",
                "https://www.binanceapis.com/oauth-api/v1/user-info",
                "https://www.binanceapis.com/oauth-api/v1/revoke-token",
            ],
            Urls(BinanceEndpoints.Production));

    [Theory]
    [InlineData("tr", true)]
    [InlineData("zh-TW", true)]
    [InlineData("zh-Hant", true)]
    [InlineData("zh-Hants", false)]
    [InlineData("es-419", false)]
    [InlineData("zh-T", false)]
    [InlineData("zh_TW", false)]
    [InlineData("z1-TW", false)]
    [InlineData("eng", false)]
    [InlineData("t", false)]
    [InlineData("t1", false)]
    [InlineData("..", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Language_is_two_letters_and_may_have_a_region(string? locale, bool expected) => Assert.Equal(expected, BinanceEndpoints.IsLocale(locale));

    [Theory]
    [InlineData("https://binance.example/en/oauth/authorize", "https://binance.example/tr/oauth/authorize", "https://binance.example/oauth/authorize")]
    [InlineData("https://binance.example/en/oauth/authorize?a=/en/oauth/authorize", "https://binance.example/tr/oauth/authorize?a=/en/oauth/authorize", "https://binance.example/oauth/authorize?a=/en/oauth/authorize")]
    [InlineData("/en/oauth/authorize", "/tr/oauth/authorize", "/oauth/authorize")]
    [InlineData("https://binance.example/tr/oauth/authorize", "https://binance.example/tr/oauth/authorize", "https://binance.example/oauth/authorize")]
    [InlineData("https://binance.example/oauth/authorize", "https://binance.example/oauth/authorize", "https://binance.example/oauth/authorize")]
    [InlineData("https://binance.example/api/oauth/authorize", "https://binance.example/api/oauth/authorize", "https://binance.example/api/oauth/authorize")]
    [InlineData("https://en/oauth/authorize", "https://en/oauth/authorize", "https://en/oauth/authorize")]
    [InlineData("//en/oauth/authorize", "//en/oauth/authorize", "//en/oauth/authorize")]
    [InlineData("https://binance.example/en/login", "https://binance.example/en/login", "https://binance.example/en/login")]
    [InlineData("?/en/oauth/authorize", "?/en/oauth/authorize", "?/en/oauth/authorize")]
    [InlineData("en/oauth/authorize", "tr/oauth/authorize", null)]
    public void Language_is_the_segment_before_the_path(string url, string localized, string? without)
    {
        Assert.Equal(localized, BinanceEndpoints.Localize(url, "tr"));
        if (without is not null)
        {
            Assert.Equal(without, BinanceEndpoints.RemoveLanguage(url));
        }
    }

    [Fact]
    public void Localize_names_a_wrong_argument()
    {
        Assert.Throws<ArgumentNullException>("url", () => BinanceEndpoints.Localize(null!, "tr"));
        Assert.Throws<ArgumentNullException>("url", () => BinanceEndpoints.RemoveLanguage(null!));
        Assert.Throws<ArgumentException>("locale", () => BinanceEndpoints.Localize("https://binance.example/en/oauth/authorize", "../x"));
    }

    [Fact]
    public void Client_uses_the_production_endpoints_by_default()
    {
        using var http = BinanceOAuthClient.CreateHttpClient();

        Assert.Same(BinanceEndpoints.Production, new BinanceOAuthClient(http) { ClientId = "id" }.Endpoints);
    }

    [Theory]
    [InlineData("http://localhost:5210", "http://localhost:5210")]
    [InlineData("http://localhost:5210/", "http://localhost:5210")]
    [InlineData("https://server.example/binance", "https://server.example/binance")]
    [InlineData("https://server.example/binance/", "https://server.example/binance")]
    public void One_address_sets_all_four_endpoints(string address, string root)
    {
        string[] expected =
        [
            root + "/en/oauth/authorize",
            root + "/oauth/token",
            root + "/oauth-api/v1/user-info",
            root + "/oauth-api/v1/revoke-token",
        ];
        var options = new BinanceAuthenticationOptions();
        options.UseServer(new Uri(address));

        Assert.Equal(expected, Urls(BinanceEndpoints.At(new Uri(address))));
        Assert.Equal(expected, Urls(options));
    }

    [Theory]
    [InlineData("http://localhost:5210", "http://emulator:8080", "http://localhost:5210", "http://emulator:8080")]
    [InlineData("https://login.example/a/", "http://inside.example/b/c/", "https://login.example/a", "http://inside.example/b/c")]
    public void Browsers_open_the_public_address_and_requests_go_to_the_other(string browsers, string requests, string publicRoot, string backchannelRoot)
    {
        string[] expected =
        [
            publicRoot + "/en/oauth/authorize",
            backchannelRoot + "/oauth/token",
            backchannelRoot + "/oauth-api/v1/user-info",
            backchannelRoot + "/oauth-api/v1/revoke-token",
        ];
        var options = new BinanceAuthenticationOptions();
        options.UseServer(new Uri(browsers), new Uri(requests));

        Assert.Equal(expected, Urls(BinanceEndpoints.At(new Uri(browsers), new Uri(requests))));
        Assert.Equal(expected, Urls(options));
    }

    [Theory]
    [MemberData(nameof(WrongAddresses))]
    public void Wrong_address_is_named_and_refused(string address)
    {
        var (wrong, right) = (new Uri(address, UriKind.RelativeOrAbsolute), new Uri("https://server.example"));
        var options = new BinanceAuthenticationOptions();

        Assert.Throws<ArgumentException>("baseAddress", () => BinanceEndpoints.At(wrong));
        Assert.Throws<ArgumentException>("publicAddress", () => BinanceEndpoints.At(wrong, right));
        Assert.Throws<ArgumentException>("backchannelAddress", () => BinanceEndpoints.At(right, wrong));
        Assert.Throws<ArgumentException>("baseAddress", () => options.UseServer(wrong));
        Assert.Throws<ArgumentException>("publicAddress", () => options.UseServer(wrong, right));
        Assert.Throws<ArgumentException>("backchannelAddress", () => options.UseServer(right, wrong));
        Assert.Equal(Urls(BinanceEndpoints.Production), Urls(options));
    }

    [Fact]
    public void Missing_address_is_named()
    {
        var right = new Uri("https://server.example");

        Assert.Throws<ArgumentNullException>("baseAddress", () => BinanceEndpoints.At(null!));
        Assert.Throws<ArgumentNullException>("publicAddress", () => BinanceEndpoints.At(null!, right));
        Assert.Throws<ArgumentNullException>("backchannelAddress", () => BinanceEndpoints.At(right, null!));
    }

    // The public host does not exist, so a request of the site to it would fail.
    [Fact]
    public async Task Site_in_a_network_of_containers_sends_only_the_browser_to_the_public_address()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(
            binance, setup => setup.Binance = options => options.UseServer(new Uri("https://binance.invalid:5210"), binance.Address));
        var browser = site.Browser();

        var challenge = await browser.ChallengeAsync();
        await browser.ReturnWithCodeAsync(challenge);
        await browser.GetAsync("/sign-out?scheme=Cookies");

        Assert.Equal("binance.invalid:5210", challenge.Url.Authority);
        Assert.Empty(site.Failures);
        Assert.Single(binance.TokenRequests);
        Assert.Single(binance.UserRequests);
        Assert.Single(binance.Revocations);
    }

    private static string[] Urls(BinanceEndpoints endpoints)
        => [endpoints.Authorization.AbsoluteUri, endpoints.Token.AbsoluteUri, endpoints.UserInformation.AbsoluteUri, endpoints.Revocation.AbsoluteUri];

    private static string[] Urls(BinanceAuthenticationOptions options)
        => [options.AuthorizationEndpoint, options.TokenEndpoint, options.UserInformationEndpoint, options.RevocationEndpoint];
}
