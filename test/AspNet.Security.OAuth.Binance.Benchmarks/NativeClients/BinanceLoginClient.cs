using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Benchmarks.NativeClients;

/// <summary>
/// This project's client for native applications.
/// </summary>
internal sealed class BinanceLoginClient(BinanceEmulator binance) : INativeClient
{
    private readonly BinanceLogin _login = new(new()
    {
        ClientId = NativeClientComparison.ClientId,
        Scope = { "user:openId", "user:email" },
        RedirectUri = AppBrowser.RedirectUri,
        Endpoints = BinanceEndpoints.At(binance.BaseAddress),
        Browser = new Browser(),
        TimeProvider = binance.Clock,
    });

    public async Task<string> SignInAsync()
    {
        await _login.SignInAsync();
        return "signed in";
    }

    public async Task<string> SignInAnywayAsync()
    {
        await _login.SignInAsync();
        return await _login.GetAccessTokenAsync();
    }

    // User-info is a part of the sign-in.
    public async Task<string> UserAsync()
    {
        try
        {
            return $"`{(await _login.SignInAsync()).User.UserId}`";
        }
        catch (BinanceAuthenticationException exception)
        {
            return $"`{exception.Failure}`, code `{exception.BinanceCode}`";
        }
    }

    public async Task<string> RefreshAsync()
    {
        try
        {
            await _login.GetAccessTokenAsync();
            return "a token";
        }
        catch (BinanceAuthenticationException exception)
        {
            return $"`{exception.Failure}`";
        }
    }

    public HttpClient CreateApi() => _login.CreateHttpClient(binance.BaseAddress);

    public async Task<string> SignOutAsync() => await _login.SignOutAsync() ? "done" : "not confirmed";

    public ValueTask DisposeAsync() => _login.DisposeAsync();

    private sealed class Browser : IBinanceBrowser
    {
        public async Task<Uri?> OpenAsync(BinanceBrowserRequest request, CancellationToken cancellationToken) => await AppBrowser.OpenAsync(request.Url);
    }
}
