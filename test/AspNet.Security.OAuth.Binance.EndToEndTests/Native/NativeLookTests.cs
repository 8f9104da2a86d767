using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native;

/// <summary>
/// Layout, accessibility and Content-Security-Policy of the last page of a sign-in.
/// </summary>
public sealed class NativeLookTests(Browser browser)
{
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
        await page.AssertShowsAsync(heading);
        await signIn.ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.Empty(violations);
        Assert.Equal(language is "tr" ? "tr" : "en", await page.Locator("html").GetAttributeAsync("lang"));
        Assert.Equal(heading, await page.TitleAsync());
        await page.AssertLayoutAsync($"{language}-{heading}");
        Assert.Empty(violations);
    }
}
