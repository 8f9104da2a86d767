using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Blazor.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Blazor;

public sealed class BlazorSignOutTests(Browser browser)
{
    [Theory]
    [InlineData("/")]
    [InlineData("/account")]
    public async Task Sign_out_from_a_static_page_and_from_a_circuit_ends_the_session_and_revokes(string path)
    {
        await using var context = await browser.OpenAsync();
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();
        await page.OpenAccountAsync(site);
        var token = Assert.Single(site.Binance.Tokens.AccessTokens).Value;
        await page.GotoAsync(site.Url(path));

        await page.SignOutAsync();

        await page.AssertShowsAsync("A Blazor site");
        Assert.False(site.Binance.Tokens.IsLive(token));
        await page.GotoAsync(site.Url("/account"));
        await page.AssertShowsConsentAsync();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/account")]
    public async Task Back_button_after_the_sign_out_shows_no_page_of_the_session(string path)
    {
        await using var context = await browser.OpenAsync();
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();
        await page.OpenAccountAsync(site);
        await page.GotoAsync(site.Url(path));
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Sign out" })).ToBeVisibleAsync();
        await page.SignOutAsync();
        await page.AssertShowsAsync("A Blazor site");

        await page.GoBackAsync();

        await (path is "/" ? page.AssertShowsAsync("A Blazor site") : page.AssertShowsConsentAsync());
    }

    [Theory]
    [MemberData(nameof(BlazorJourney.Transports), MemberType = typeof(BlazorJourney))]
    public async Task Circuit_of_a_session_that_was_signed_out_in_another_tab_shows_it_after_the_next_call(CircuitTransport transport)
    {
        await using var context = await browser.OpenAsync(transport);
        await using var site = await BlazorSite.StartAsync();
        var first = await context.NewPageAsync();
        await first.OpenAccountAsync(site);
        await first.SignOutElsewhereAsync(site);
        Assert.Empty(site.Binance.Tokens.AccessTokens);
        site.Binance.Requests.Clear();

        await first.CallBinanceAsync("Your session has ended");

        Assert.Equal(0, site.Binance.Requests.Count(EmulatorEndpoint.UserInfo));
        await Assertions.Expect(first.Locator("#blazor-error-ui")).ToBeHiddenAsync();
        await first.ClickLoginAsync();
        await first.AuthorizeAsync();
        await first.AssertShowsAsync("Your account");
        await first.CallBinanceAsync(BinanceEmulatorDefaults.UserId);
    }

    [Fact]
    public async Task Circuit_of_a_session_that_was_signed_out_in_another_tab_is_signed_out_by_the_revalidation()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await BlazorSite.StartAsync(revalidatesOften: true);
        var first = await context.NewPageAsync();
        await first.OpenAccountAsync(site);
        await first.CallBinanceAsync(BinanceEmulatorDefaults.UserId);
        await first.SignOutElsewhereAsync(site);

        await first.AssertShowsAsync("You are not signed in");

        await Assertions.Expect(first.GetByRole(AriaRole.Button, new() { Name = "Sign out" })).ToBeHiddenAsync();
        await Assertions.Expect(first.GetByText(BinanceEmulatorDefaults.UserId)).ToBeHiddenAsync();
        await first.ClickLoginAsync();
        await first.AuthorizeAsync();
        await first.AssertShowsAsync("Your account");
    }
}
