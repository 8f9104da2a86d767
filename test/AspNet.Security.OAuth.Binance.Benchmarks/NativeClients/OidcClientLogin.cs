using AspNet.Security.OAuth.Binance.Emulator;
using Duende.IdentityModel.OidcClient;
using Duende.IdentityModel.OidcClient.Browser;

namespace AspNet.Security.OAuth.Binance.Benchmarks.NativeClients;

/// <summary>
/// Duende.IdentityModel.OidcClient, the field's general client for native applications, with Binance's endpoints.
/// </summary>
internal sealed class OidcClientLogin(BinanceEmulator binance) : INativeClient
{
    private LoginResult? _login;

    private LoginResult Login => _login ?? throw new InvalidOperationException("Sign in first.");

    // The library takes the scopes as one text, in OAuth's own form.
    public async Task<string> SignInAsync() => await LoginAsync("user:openId user:email") is { IsError: true } failed ? $"refused: `{failed.Error}`" : "signed in";

    public async Task<string> SignInAnywayAsync()
    {
        _login = await LoginAsync("user:openId,user:email");
        return Login.IsError ? throw new InvalidOperationException(Login.ErrorDescription) : Login.AccessToken;
    }

    public async Task<string> UserAsync()
    {
        var user = await Client(string.Empty).GetUserInfoAsync(Login.AccessToken);
        return user.IsError ? $"error: {user.Error}"
            : user.Claims.FirstOrDefault(claim => claim.Type is "sub" or "userId") is { } id ? $"`{id.Value}`"
            : $"success, with the claims {string.Join(", ", user.Claims.Select(claim => $"`{claim.Type}`"))}";
    }

    public async Task<string> RefreshAsync()
    {
        var refreshed = await Client(string.Empty).RefreshTokenAsync(Login.RefreshToken);
        return refreshed.IsError ? refreshed.Error is "invalid_grant" ? "`invalid_grant`" : "an error of the JSON reader" : "a token";
    }

    public HttpClient CreateApi()
    {
        var handler = (RefreshTokenDelegatingHandler)Login.RefreshTokenHandler;
        handler.InnerHandler = new SocketsHttpHandler();
        return new(handler);
    }

    // LogoutAsync ends a session at an OpenID Connect server, which Binance is not.
    public async Task<string> SignOutAsync()
    {
        try
        {
            await Client(string.Empty).LogoutAsync(new LogoutRequest());
            return "done";
        }
        catch (InvalidOperationException)
        {
            return "exception: no end session endpoint";
        }
    }

    public ValueTask DisposeAsync() => default;

    private Task<LoginResult> LoginAsync(string scope) => Client(scope).LoginAsync(new LoginRequest());

    private OidcClient Client(string scope) => new(new()
    {
        Authority = binance.BaseAddress.AbsoluteUri,
        ClientId = NativeClientComparison.ClientId,
        Scope = scope,
        RedirectUri = AppBrowser.RedirectUri,
        PostLogoutRedirectUri = AppBrowser.RedirectUri,
        LoadProfile = false,
        Browser = new Browser(),
        ProviderInformation = new()
        {
            IssuerName = binance.BaseAddress.AbsoluteUri,
            AuthorizeEndpoint = new Uri(binance.BaseAddress, "/oauth/authorize").AbsoluteUri,
            TokenEndpoint = new Uri(binance.BaseAddress, "/oauth/token").AbsoluteUri,
            UserInfoEndpoint = new Uri(binance.BaseAddress, "/oauth-api/v1/user-info").AbsoluteUri,
            KeySet = new(),
        },
    });

    private sealed class Browser : IBrowser
    {
        public async Task<BrowserResult> InvokeAsync(BrowserOptions options, CancellationToken cancellationToken = default)
            => Uri.TryCreate(options.StartUrl, UriKind.Absolute, out var url)
                ? new() { ResultType = BrowserResultType.Success, Response = (await AppBrowser.OpenAsync(url)).OriginalString }
                : new() { ResultType = BrowserResultType.UnknownError };
    }
}
