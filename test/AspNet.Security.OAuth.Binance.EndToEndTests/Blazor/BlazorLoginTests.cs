using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Blazor.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Blazor;

public sealed class BlazorLoginTests(Browser browser)
{
    [Fact]
    public async Task Login_from_a_static_page_returns_to_it()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();

        await page.GotoAsync(site.Url("/"));
        await page.ClickLoginAsync();
        await page.AuthorizeAsync();

        await page.AssertShowsAsync("Welcome");
        Assert.Equal(site.Url("/"), page.Url);
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync(BinanceEmulatorDefaults.UserId);
    }

    /// <summary>Blazor's enhanced navigation fetches the target of a link, and navigates when that fails: the login begins once.</summary>
    [Fact]
    public async Task Click_on_the_login_link_begins_one_sign_in()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(site.Url("/"));

        await page.ClickLoginAsync();
        await page.AssertShowsConsentAsync();

        Assert.Equal(1, site.Binance.Requests.Count(EmulatorEndpoint.Authorize));
        Assert.Single(await context.CookiesAsync(), cookie => cookie.Name.Contains("Correlation", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Click_on_a_link_to_a_protected_page_begins_one_sign_in_that_returns_to_it()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(site.Url("/"));

        await page.GetByRole(AriaRole.Link, new() { Name = "Account" }).ClickAsync();
        await page.AssertShowsConsentAsync();
        Assert.Equal(1, site.Binance.Requests.Count(EmulatorEndpoint.Authorize));

        await page.AuthorizeAsync();
        await page.AssertShowsAsync("Your account");
    }

    [Theory]
    [MemberData(nameof(BlazorJourney.Transports), MemberType = typeof(BlazorJourney))]
    public async Task Deep_link_to_an_interactive_page_is_reached_after_the_login(CircuitTransport transport)
    {
        await using var context = await browser.OpenAsync(transport);
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();

        await page.GotoAsync(site.Url("/account?from=newsletter"));
        await page.AuthorizeAsync();

        await page.AssertShowsAsync("Your account");
        Assert.Equal(site.Url("/account?from=newsletter"), page.Url);
        await page.CallBinanceAsync(BinanceEmulatorDefaults.UserId);
    }

    [Fact]
    public async Task Cancel_ends_on_a_page_from_which_trying_again_reaches_the_requested_page()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();

        await page.GotoAsync(site.Url("/account"));
        await page.CancelAsync();
        await page.AssertShowsAsync("Sign-in cancelled");
        Assert.Equal("/auth/failed", page.Path());

        await page.GetByRole(AriaRole.Link, new() { Name = "Try again" }).ClickAsync();
        await page.AuthorizeAsync();
        await page.AssertShowsAsync("Your account");
    }
}
