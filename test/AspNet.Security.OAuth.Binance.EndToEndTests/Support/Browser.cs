using AspNet.Security.OAuth.Binance.EndToEndTests.Support.Processes;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support;

/// <summary>
/// One Chromium for all tests of the assembly, if it is installed. Each test has a context with its own cookies.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    // In milliseconds. Several browsers and builds may share a small machine.
    private const int DefaultTimeout = 30_000;

    private static readonly string[] _names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private static readonly string _noBrowser
        = $"There is no Chromium on this machine: none of {string.Join(", ", _names)} is on the PATH, and CHROMIUM names none.";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (FindExecutable() is not { } executable)
        {
            TestContext.Current.SendDiagnosticMessage("Browser tests are skipped. {0}", _noBrowser);
            return;
        }

        Assertions.SetDefaultExpectTimeout(DefaultTimeout);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = executable,
            Headless = true,

            // The sandbox cannot start as root, as which containers run; the other switches disable requests to the vendor.
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
    }

    /// <summary>Opens a browser context without cookies, or skips the test with the reason.</summary>
    public async Task<IBrowserContext> OpenAsync(BrowserNewContextOptions? options = null)
    {
        Assert.SkipWhen(_browser is null, _noBrowser);

        var context = await _browser.NewContextAsync(options ?? new());
        context.SetDefaultTimeout(DefaultTimeout);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    private static string? FindExecutable()
    {
        if (Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } chosen)
        {
            return File.Exists(chosen) ? chosen : null;
        }

        return _names.Select(name => Executables.Find(name)).FirstOrDefault(path => path is not null);
    }
}
