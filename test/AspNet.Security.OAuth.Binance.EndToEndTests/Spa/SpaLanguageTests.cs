using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.EndToEndTests.Spa.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa;

/// <summary>
/// The page in the language that the browser prefers.
/// </summary>
public sealed class SpaLanguageTests(Browser browser)
{
    [Theory]
    [InlineData("tr-TR", "tr", "Binance hesabınızla giriş yapın")]
    [InlineData("en-GB", "en", SpaJourney.SignedOut)]
    [InlineData("de-DE", "en", SpaJourney.SignedOut)]
    public async Task Page_and_login_have_the_language_that_the_browser_prefers(string locale, string language, string heading)
    {
        await using var context = await browser.OpenAsync(new() { Locale = locale });
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();

        await page.GotoAsync(site.Url("/"));

        await page.AssertShowsAsync(heading);
        Assert.Equal(language, await page.Locator("html").GetAttributeAsync("lang"));
        await page.Locator("main a.button").ClickAsync();
        Assert.Contains($"/{language}/oauth/authorize", page.Url, StringComparison.Ordinal);
    }

    // All texts are translated when a page is opened: those of the templates, and those of the scripts.
    [Fact]
    public async Task Every_text_has_a_Turkish_one()
    {
        await using var context = await browser.OpenAsync(new() { Locale = "tr-TR" });
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        ConcurrentQueue<string> messages = [];
        page.Console += (_, message) => messages.Enqueue(message.Text);

        await page.GotoAsync(site.Url("/"));
        await page.AssertShowsAsync("Binance hesabınızla giriş yapın");
        await page.GotoAsync(site.Url("/browser-flow/"));
        await page.AssertShowsAsync("Sunucusuz akış");

        Assert.DoesNotContain(messages, message => message.Contains("Turkish", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Turkish_pages_fit_390_pixels_and_have_no_violation_of_axe_or_of_their_policy()
    {
        await using var context = await browser.OpenAsync(new() { Locale = "tr-TR", ReducedMotion = ReducedMotion.Reduce });
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        var violations = await page.ListenForViolationsAsync();

        await OpenAsync("/", "Binance hesabınızla giriş yapın");
        await OpenAsync("/nothing", "Böyle bir sayfa yok");
        await OpenAsync("/account", "Hesabınızı görmek için giriş yapın");
        await page.GetByRole(AriaRole.Link, new() { Name = "Binance ile giriş yap" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "İzin ver" }).ClickAsync();
        await page.AssertShowsAsync("Hesabınız");
        await page.AssertShowsTextAsync("Alındığı saat:");
        await page.AssertLayoutAsync("spa tr account");
        await OpenAsync("/", "Hoş geldiniz, giriş yaptınız");

        await OpenAsync("/browser-flow/", "Sunucusuz akış");
        await page.GetByRole(AriaRole.Button, new() { Name = "PKCE ile giriş yap" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "İzin ver" }).ClickAsync();
        await page.AssertShowsAsync("Bu sayfada giriş yaptınız");
        await page.AssertLayoutAsync("spa tr browser flow");
        Assert.Empty(violations);

        async Task OpenAsync(string path, string heading)
        {
            await page.GotoAsync(site.Url(path));
            await page.AssertShowsAsync(heading);
            await page.AssertLayoutAsync($"spa tr {heading}");
        }
    }
}
