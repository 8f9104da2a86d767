using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Attacks;

/// <summary>
/// A site whose Binance is the emulator: what the server does against an attack is there, too. People consent on its page.
/// </summary>
internal sealed class EmulatedSite : IAsyncDisposable
{
    private readonly HttpClient _binance = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    private EmulatedSite(BinanceEmulator emulator, TestSite site) => (Emulator, Site) = (emulator, site);

    public BinanceEmulator Emulator { get; }

    public TestSite Site { get; }

    public static async Task<EmulatedSite> StartAsync(
        Action<BinanceAuthenticationOptions>? configure = null,
        Action<CookieAuthenticationOptions>? cookie = null,
        RequestDelegate? page = null,
        SessionStorage? sessions = null)
    {
        var emulator = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        return new EmulatedSite(emulator, await TestSite.StartAsync(emulator.BaseAddress, setup =>
        {
            setup.Cookie = cookie ?? setup.Cookie;
            setup.Binance = options =>
            {
                options.ClientId = BinanceEmulatorDefaults.ClientId;
                options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
                configure?.Invoke(options);
            };
            if (page is not null)
            {
                setup.Pages["/page"] = page;
            }

            sessions?.Configure(setup);
        }));
    }

    public SiteBrowser Browser() => new(Site, "http://localhost");

    /// <summary>Somebody opens the authorize URL and consents.</summary>
    /// <returns>Where the server sends that browser: the callback's path and query.</returns>
    public async Task<string> ConsentAsync(AuthorizeRequest request, string user = BinanceEmulatorDefaults.UserId)
        => (await AuthorizeAsync(request.Url, user))!.PathAndQuery;

    /// <returns>Where the server sends the browser, or <see langword="null"/> if it shows a page.</returns>
    public async Task<Uri?> AuthorizeAsync(Uri authorize, string user = BinanceEmulatorDefaults.UserId)
    {
        var url = new Uri(QueryHelpers.AddQueryString(authorize.AbsoluteUri, "emulator_user", user));
        using var answer = await _binance.GetAsync(url, TestContext.Current.CancellationToken);
        return answer.Headers.Location;
    }

    /// <summary>A sign-in from the first page to the last.</summary>
    public async Task SignInAsync(SiteBrowser browser, string user = BinanceEmulatorDefaults.UserId)
    {
        using var answer = await browser.GetAsync(await ConsentAsync(await browser.ChallengeAsync("/login?returnUrl=/"), user));
        Assert.Equal("/", answer.Headers.Location?.OriginalString);
    }

    public static string CodeIn(string callback) => QueryHelpers.ParseQuery(callback[callback.IndexOf('?', StringComparison.Ordinal)..])["code"].Single()!;

    public async ValueTask DisposeAsync()
    {
        _binance.Dispose();
        await Site.DisposeAsync();
        await Emulator.DisposeAsync();
    }
}
