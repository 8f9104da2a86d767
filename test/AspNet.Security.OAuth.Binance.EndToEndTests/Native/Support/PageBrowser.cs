using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;

/// <summary>
/// A page of the test's Chromium as the browser of a <see cref="BinanceLogin"/> in the test's process.
/// </summary>
internal sealed class PageBrowser(IPage page) : IBinanceBrowser
{
    private readonly TaskCompletionSource<Uri> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the redirect URI of the sign-in that was begun.</summary>
    public Uri RedirectUri { get; private set; } = new("about:blank");

    public BinanceLogin LoginAt(BinanceEmulator binance) => new(new()
    {
        ClientId = BinanceEmulatorDefaults.PublicClientId,
        Endpoints = BinanceEndpoints.At(binance.BaseAddress),
        TimeProvider = binance.Clock,
        Browser = this,
    });

    /// <summary>Waits until the page has loaded the launch address.</summary>
    public Task WaitUntilOpenedAsync() => _opened.Task.WaitAsync(TestContext.Current.CancellationToken);

    public async Task<Uri?> OpenAsync(BinanceBrowserRequest request, CancellationToken cancellationToken)
    {
        RedirectUri = request.RedirectUri;
        await page.GotoAsync(request.LaunchUrl.AbsoluteUri);
        _opened.TrySetResult(request.LaunchUrl);
        return null;
    }
}
