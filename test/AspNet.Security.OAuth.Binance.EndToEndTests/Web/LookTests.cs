using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Web.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Web;

/// <summary>
/// Layout and accessibility of the pages in both languages.
/// </summary>
public sealed class LookTests(Browser browser)
{
    [Theory]
    [InlineData("en-US", "en", "Authorize")]
    [InlineData("tr-TR", "tr", "İzin ver")]
    public async Task Pages_are_in_the_language_of_the_browser_fit_390_pixels_and_have_no_violation_of_axe(string locale, string language, string authorize)
    {
        await using var context = await browser.OpenAsync(new() { Locale = locale, ReducedMotion = ReducedMotion.Reduce });
        await using var site = SampleSite.Start();
        var page = await context.NewPageAsync();
        var violations = await page.ListenForViolationsAsync();

        foreach (var (state, path) in new[] { ("home", "/"), ("failure", "/account/failed?failure=timeout&returnUrl=%2Fprofile"), ("not found", "/no-such-page") })
        {
            await page.GotoAsync(site.Url(path));
            await CheckAsync(state);
        }

        // The consent page has the language, too.
        await page.GotoAsync(site.Url("/profile"));
        Assert.Contains($"/{language}/oauth/authorize", page.Url, StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = authorize }).ClickAsync();
        await page.WaitForURLAsync(site.Url("/profile"));
        await CheckAsync("profile");
        await page.GotoAsync(site.Url("/"));
        await CheckAsync("signed in");
        Assert.Empty(violations);

        async Task CheckAsync(string state)
        {
            Assert.Equal(language, await page.Locator("html").GetAttributeAsync("lang"));
            await page.AssertLayoutAsync($"web {language} {state}");
        }
    }

    [Fact]
    public async Task Button_changes_the_language_of_the_page_and_of_those_that_follow()
    {
        await using var context = await browser.OpenAsync(new() { Locale = "en-US" });
        await using var site = SampleSite.Start();
        var page = await context.NewPageAsync();
        var address = site.Url("/account/failed?failure=timeout&returnUrl=%2Fprofile");
        await page.GotoAsync(address);
        await page.AssertShowsAsync("Binance took too long");

        await page.GetByRole(AriaRole.Button, new() { Name = "Türkçe" }).ClickAsync();

        await page.AssertShowsAsync("Binance zamanında yanıt vermedi");
        Assert.Equal(address, page.Url);
        await page.GotoAsync(site.Url("/"));
        await page.AssertShowsAsync("Binance hesabınızla giriş yapın");
        await page.GetByRole(AriaRole.Button, new() { Name = "English" }).ClickAsync();
        await page.AssertShowsAsync("Sign in with your Binance account");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Explanation_of_a_failure_has_the_color_of_the_heading_and_what_is_beside_it_is_muted(ColorScheme scheme)
    {
        await using var context = await browser.OpenAsync(new() { ColorScheme = scheme });
        await using var site = SampleSite.Start();
        var page = await context.NewPageAsync();
        await page.GotoAsync(site.Url("/account/failed?failure=timeout&returnUrl=%2Fprofile"));

        var heading = await ColorAsync(page.GetByRole(AriaRole.Heading, new() { Level = 1 }));
        var explanation = await ColorAsync(page.GetByText("Binance did not respond in time."));
        var aside = await ColorAsync(page.GetByText("Once you are signed in"));

        Assert.Equal(heading, explanation);
        Assert.NotEqual(explanation, aside);
    }

    private static Task<string> ColorAsync(ILocator element) => element.EvaluateAsync<string>("element => getComputedStyle(element).color");
}
