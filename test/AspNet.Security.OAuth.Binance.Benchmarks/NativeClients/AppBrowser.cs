namespace AspNet.Security.OAuth.Binance.Benchmarks.NativeClients;

/// <summary>
/// The browser of a platform that passes the callback to the application: the emulator approves automatically, and its redirect is the callback.
/// </summary>
internal static class AppBrowser
{
    public const string RedirectUri = "com.example.app:/signin-binance";

    public static async Task<Uri> OpenAsync(Uri url)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var response = await browser.GetAsync(url);
        return response.Headers.Location ?? throw new InvalidOperationException($"The authorize endpoint responded with {(int)response.StatusCode} and no redirect.");
    }
}
