using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

public sealed class OptionsTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    public static TheoryData<string, string> Wrong { get; } = new()
    {
        { nameof(BinanceLoginOptions.ClientId), "" },
        { nameof(BinanceLoginOptions.ClientId), " " },
        { nameof(BinanceLoginOptions.Scope), "none" },
        { nameof(BinanceLoginOptions.Scope), "empty" },
        { nameof(BinanceLoginOptions.Locale), "" },
        { nameof(BinanceLoginOptions.Locale), "../x" },
        { nameof(BinanceLoginOptions.Locale), "turkish" },
        { nameof(BinanceLoginOptions.LoopbackPorts), "0" },
        { nameof(BinanceLoginOptions.LoopbackPorts), "65536" },
        { nameof(BinanceLoginOptions.LoopbackPorts), "-1" },
        { nameof(BinanceLoginOptions.SignInTimeout), "0" },
        { nameof(BinanceLoginOptions.SignInTimeout), "-1" },
        { nameof(BinanceLoginOptions.SignInTimeout), "max" },
        { nameof(BinanceLoginOptions.RefreshBeforeExpiration), "-1" },
        { nameof(BinanceLoginOptions.BackchannelTimeout), "0" },
        { nameof(BinanceLoginOptions.BackchannelTimeout), "-1" },
        { nameof(BinanceLoginOptions.BackchannelTimeout), "max" },
        { nameof(BinanceLoginOptions.RevocationTimeout), "0" },
        { nameof(BinanceLoginOptions.RevocationTimeout), "-1" },
        { nameof(BinanceLoginOptions.RevocationTimeout), "max" },
        { nameof(BinanceLoginOptions.AdditionalAuthorizationParameters), "state" },
        { nameof(BinanceLoginOptions.AdditionalAuthorizationParameters), "Redirect_URI" },
        { nameof(BinanceLoginOptions.AdditionalAuthorizationParameters), "client_secret" },
        { nameof(BinanceLoginOptions.AdditionalAuthorizationParameters), "code_challenge_method" },
        { nameof(BinanceLoginOptions.AdditionalAuthorizationParameters), "" },
        { nameof(BinanceLoginOptions.Endpoints), nameof(BinanceEndpoints.Authorization) },
        { nameof(BinanceLoginOptions.Endpoints), nameof(BinanceEndpoints.Token) },
        { nameof(BinanceLoginOptions.Endpoints), nameof(BinanceEndpoints.UserInformation) },
        { nameof(BinanceLoginOptions.Endpoints), nameof(BinanceEndpoints.Revocation) },
        { nameof(BinanceLoginOptions.BackchannelHttpHandler), "in use" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Option_that_cannot_be_used_is_named(string option, string value)
    {
        var options = Right();
        await SetAsync(options, option, value);

        var exception = Assert.Throws<ArgumentException>(() => new BinanceLogin(options));

        Assert.Contains(option, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Longest_times_and_the_last_port_are_accepted()
    {
        var options = Right();
        options.LoopbackPorts.Add(65535);
        options.SignInTimeout = options.BackchannelTimeout = options.RevocationTimeout = TimeSpan.FromMilliseconds(int.MaxValue);

        using var login = new BinanceLogin(options);

        Assert.NotNull(login.BeginSignIn());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("/signin-binance")]
    [InlineData("signin-binance")]
    [InlineData("127.0.0.1/signin-binance")]
    [InlineData(" http://127.0.0.1/signin-binance")]
    public void Redirect_uri_has_to_be_absolute(string redirectUri)
    {
        var options = Right();
        options.RedirectUri = redirectUri;

        var exception = Assert.Throws<ArgumentException>(() => new BinanceLogin(options));

        Assert.Contains("BinanceLoginOptions.RedirectUri is not an absolute URI.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://app.example.com/signin-binance")]
    [InlineData("http://127.0.0.2/signin-binance")]
    [InlineData("http://0.0.0.0/signin-binance")]
    [InlineData("http://192.168.1.1/signin-binance")]
    [InlineData("http://localhost.example.com/")]
    [InlineData("http://127.0.0.1/signin-binance?a=b")]
    [InlineData("http://127.0.0.1/signin-binance#fragment")]
    [InlineData("http://127.0.0.1/#")]
    [InlineData("http://user@127.0.0.1/signin-binance")]
    [InlineData("http://user:password@127.0.0.1/signin-binance")]
    [InlineData("https://user@app.example.com/signin-binance")]
    [InlineData("https://app.example.com/signin-binance#fragment")]
    [InlineData("com.example.app:/signin-binance#fragment")]
    [InlineData("com.example.app://user@host/signin-binance")]
    [InlineData("myapp:/signin-binance")]
    [InlineData("myapp://signin.binance/")]
    [InlineData("javascript:alert(1.1)")]
    [InlineData("data:text/html,1.1")]
    [InlineData("file:///home/me/x.html")]
    [InlineData("ftp://127.0.0.1/")]
    public void Redirect_uri_that_cannot_be_used_is_named(string redirectUri)
    {
        var options = Right();
        options.RedirectUri = redirectUri;

        var exception = Assert.Throws<ArgumentException>(() => new BinanceLogin(options));

        Assert.Contains(nameof(options.RedirectUri), exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("password", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1/signin-binance")]
    [InlineData("http://127.0.0.1:7000/")]
    [InlineData("http://[::1]/signin-binance")]
    [InlineData("http://localhost:7000/signin-binance")]
    [InlineData("https://app.example.com/signin-binance")]
    [InlineData("com.example.app:/signin-binance")]
    [InlineData("com.example.app://signin-binance")]
    [InlineData("com.example.app:/signin-binance?a=b")]
    public void Redirect_uri_of_a_native_application_is_accepted(string redirectUri)
    {
        var options = Right();
        options.RedirectUri = redirectUri;

        using var login = new BinanceLogin(options);

        Assert.Contains(Uri.EscapeDataString(redirectUri), login.BeginSignIn().Url.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_are_required() => Assert.Throws<ArgumentNullException>("options", () => new BinanceLogin(null!));

    [Fact]
    public void Defaults_are_those_of_the_documentation()
    {
        var options = new BinanceLoginOptions();

        Assert.Equal(["user:openId"], options.Scope);
        Assert.Equal("http://127.0.0.1/signin-binance", options.RedirectUri);
        Assert.Empty(options.LoopbackPorts);
        Assert.Equal(TimeSpan.FromMinutes(5), options.SignInTimeout);
        Assert.Null(options.Locale);
        Assert.Empty(options.AdditionalAuthorizationParameters);
        Assert.Equal(TimeSpan.FromMinutes(5), options.RefreshBeforeExpiration);
        Assert.Equal(TimeSpan.FromSeconds(10), options.BackchannelTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), options.RevocationTimeout);
        Assert.Same(BinanceEndpoints.Production, options.Endpoints);
        Assert.True(options.RequireHttpsEndpoints);
    }

    [Fact]
    public async Task Later_changes_have_no_effect()
    {
        await using var app = await NativeApp.StartAsync();
        var options = app.Options();
        await using var login = new BinanceLogin(options);

        (options.ClientId, options.RedirectUri, options.Locale) = ("another", "com.example.other:/", "tr");
        (options.Endpoints, options.Browser, options.TokenStore, options.TimeProvider) = (BinanceEndpoints.Production, null, new TestStore(), TimeProvider.System);
        options.Scope.Clear();
        options.AdditionalAuthorizationParameters["late"] = "1";
        options.SignInTimeout = options.BackchannelTimeout = options.RevocationTimeout = TimeSpan.Zero;
        await login.SignInAsync(Stop);

        var request = Assert.Single(app.Binance.Requests.To(EmulatorEndpoint.Authorize));
        Assert.Equal(("/oauth/authorize", NativeApp.ClientId, "user:openId"), (request.Path, request.Query["client_id"], request.Query["scope"]));
        Assert.False(request.Query.Contains("late"));
        Assert.NotNull(app.Store.Text);
    }

    [Fact]
    public async Task Handler_of_the_application_sends_the_requests_and_is_not_disposed()
    {
        using var handler = new CountingHandler();
        await using var app = await NativeApp.StartAsync(options => options.BackchannelHttpHandler = handler);

        await app.Login.SignInAsync(Stop);
        await app.Login.SignOutAsync(Stop);
        await app.Login.DisposeAsync();
        app.Login.Dispose();

        Assert.Equal(3, handler.Requests);
        Assert.False(handler.IsDisposed);
    }

    [Fact]
    public async Task Handler_of_the_application_follows_no_redirect()
    {
        await using var elsewhere = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var handler = new HttpClientHandler { AllowAutoRedirect = true };
        await using var app = await NativeApp.StartAsync(options => options.BackchannelHttpHandler = handler);
        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Redirect(new(elsewhere.Url)));

        await Failing.WithAsync(BinanceFailure.InvalidResponse, app.Login.SignInAsync(Stop));

        Assert.Equal(0, elsewhere.Requests);
    }

    private static BinanceLoginOptions Right() => new() { ClientId = "client" };

    private static async Task SetAsync(BinanceLoginOptions options, string option, string value)
    {
        var time = value switch { "0" => TimeSpan.Zero, "-1" => TimeSpan.FromTicks(-1), _ => TimeSpan.MaxValue };
        switch (option)
        {
            case nameof(options.ClientId): options.ClientId = value; break;
            case nameof(options.Locale): options.Locale = value; break;
            case nameof(options.LoopbackPorts): options.LoopbackPorts.Add(int.Parse(value, null)); break;
            case nameof(options.SignInTimeout): options.SignInTimeout = time; break;
            case nameof(options.RefreshBeforeExpiration): options.RefreshBeforeExpiration = time; break;
            case nameof(options.BackchannelTimeout): options.BackchannelTimeout = time; break;
            case nameof(options.RevocationTimeout): options.RevocationTimeout = time; break;
            case nameof(options.AdditionalAuthorizationParameters): options.AdditionalAuthorizationParameters[value] = "1"; break;
            case nameof(options.Endpoints): options.Endpoints = Plain(value); break;
            case nameof(options.Scope):
                options.Scope.Clear();
                if (value is "empty")
                {
                    options.Scope.Add(" , ");
                }

                break;
            default:
                options.BackchannelHttpHandler = await UsedHandlerAsync();
                break;
        }
    }

    private static BinanceEndpoints Plain(string endpoint)
    {
        Uri Of(string name) => new($"{(name == endpoint ? "http" : "https")}://binance.example/{name}");
        return new()
        {
            Authorization = Of(nameof(BinanceEndpoints.Authorization)),
            Token = Of(nameof(BinanceEndpoints.Token)),
            UserInformation = Of(nameof(BinanceEndpoints.UserInformation)),
            Revocation = Of(nameof(BinanceEndpoints.Revocation)),
        };
    }

    // AllowAutoRedirect of a handler cannot be changed after its first request.
    private static async Task<HttpMessageHandler> UsedHandlerAsync()
    {
        await using var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        var handler = new SocketsHttpHandler();
        using var http = new HttpClient(handler, disposeHandler: false);
        using var response = await http.GetAsync(new Uri(server.Url), Stop);
        return handler;
    }

    private sealed class CountingHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        public int Requests { get; private set; }

        public bool IsDisposed { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return base.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
