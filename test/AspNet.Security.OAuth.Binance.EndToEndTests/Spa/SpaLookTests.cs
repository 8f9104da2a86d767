using AspNet.Security.OAuth.Binance.EndToEndTests.Spa.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa;

/// <summary>
/// Layout, accessibility and Content-Security-Policy of the page in each of its states.
/// </summary>
public sealed class SpaLookTests(Browser browser)
{
    [Theory]
    [MemberData(nameof(SpaStates.Names), MemberType = typeof(SpaStates))]
    public async Task State_fits_390_pixels_and_has_no_violation_of_axe_or_of_its_policy(string state)
    {
        await using var context = await browser.OpenAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        var violations = await page.ListenForViolationsAsync();

        await SpaStates.ReachAsync(state, page, site);
        Assert.Empty(violations);

        await page.AssertLayoutAsync(state);
    }

    [Theory]
    [InlineData("/", "connect-src 'self';")]
    [InlineData("/account", "connect-src 'self';")]
    [InlineData("/browser-flow/", "connect-src 'self' {emulator};")]
    public async Task Policy_of_a_page_allows_the_site_alone_and_the_browser_flow_the_authorization_server(string path, string expected)
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();

        var response = await page.GotoAsync(site.Url(path));

        var policy = response!.Headers["content-security-policy"];
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; ", policy, StringComparison.Ordinal);
        Assert.Contains(
            expected.Replace("{emulator}", site.Binance.BaseAddress.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal), policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Injected_markup_runs_nothing()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.GotoAsync(site.Url("/"));
        await page.AssertShowsAsync(SpaJourney.SignedOut);

        var outcome = await page.EvaluateAsync<string>(
            "() => { try { document.body.innerHTML = '<img src=x onerror=\"window.mark=1\">'; return 'written'; } catch (error) { return error.name; } }");

        Assert.Equal("TypeError", outcome);
    }
}
