using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native;

/// <summary>
/// The last page of a sign-in, as anybody may see it. SCREENSHOTS=folder keeps a picture of each state there.
/// </summary>
public sealed class NativeLookTests(Browser browser)
{
    private static readonly string? _screenshots = Environment.GetEnvironmentVariable("SCREENSHOTS");

    [Theory(Timeout = SampleProgram.Timeout)]
    [InlineData("en", LastPage.SignedIn)]
    [InlineData("en", LastPage.Cancelled)]
    [InlineData("en", LastPage.Unavailable)]
    [InlineData("tr", LastPage.SignedInInTurkish)]
    [InlineData("tr", LastPage.CancelledInTurkish)]
    [InlineData("de", LastPage.SignedIn)]
    public async Task Last_page_fits_390_pixels_and_has_no_violation_of_axe_or_of_its_policy(string language, string heading)
    {
        await using var context = await browser.OpenAsync(new() { Locale = language });
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var page = await context.NewPageAsync();
        var violations = await page.ListenForViolationsAsync();
        var chromium = new PageBrowser(page);
        await using var login = chromium.LoginAt(binance);
        if (heading is LastPage.Unavailable)
        {
            binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        }

        var signIn = login.SignInAsync(TestContext.Current.CancellationToken);
        await chromium.WaitUntilOpenedAsync();
        await (heading is LastPage.Cancelled or LastPage.CancelledInTurkish ? page.CancelAsync() : page.AuthorizeAsync());
        await page.ShowsAsync(heading);
        await signIn.ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.Empty(violations);
        Assert.Equal(language is "tr" ? "tr" : "en", await page.Locator("html").GetAttributeAsync("lang"));
        Assert.Equal(heading, await page.TitleAsync());
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await KeepPictureAsync(page, $"{language}-{heading}-{scheme}");
            var result = await page.RunAxe();
            Assert.NotEmpty(result.Passes);
            Assert.Empty(result.Violations.Select(PageProblems.Describe));
        }

        await page.SetViewportSizeAsync(390, 780);
        await KeepPictureAsync(page, $"{language}-{heading}-390");
        Assert.Equal(0, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - window.innerWidth"));
        Assert.Empty(violations);
    }

    private static async Task KeepPictureAsync(IPage page, string name)
    {
        if (_screenshots is { Length: > 0 })
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(_screenshots, $"{name.Replace(' ', '-')}.png") });
        }
    }
}
