using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Web.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Web;

public sealed class SignOutTests(Browser browser)
{
    [Fact]
    public async Task Sign_out_ends_the_session_and_revokes_the_token()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SampleSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        var token = Assert.Single(site.Binance.Tokens.AccessTokens).Value;

        await page.SignOutAsync();

        await page.AssertShowsAsync("Sign in with your Binance account");
        Assert.False(site.Binance.Tokens.IsLive(token));
        await page.GotoAsync(site.Url("/profile"));
        await page.AssertShowsConsentAsync();
    }

    [Fact]
    public async Task Sign_out_in_one_tab_signs_the_other_out_too()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SampleSite.Start();
        var (first, second) = await SignInAsync(context, site);

        await first.SignOutAsync();
        await first.AssertShowsAsync("Sign in with your Binance account");
        await second.ReloadAsync();

        await second.AssertShowsConsentAsync();
    }

    [Fact]
    public async Task Sign_out_in_a_second_tab_after_the_first_one_goes_home()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SampleSite.Start();
        var (first, second) = await SignInAsync(context, site);
        await first.SignOutAsync();
        await first.AssertShowsAsync("Sign in with your Binance account");

        await second.SignOutAsync();

        await second.AssertShowsAsync("Sign in with your Binance account");
        Assert.Equal("/", second.Path());
    }

    [Fact]
    public async Task Back_button_after_the_sign_out_shows_no_page_of_the_session()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SampleSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        await page.GotoAsync(site.Url("/profile"));

        await page.SignOutAsync();
        await page.AssertShowsAsync("Sign in with your Binance account");
        await page.GoBackAsync();

        await page.AssertShowsConsentAsync();
    }

    [Fact]
    public async Task Emulator_shows_the_revocation()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SampleSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        await page.SignOutAsync();
        await page.AssertShowsAsync("Sign in with your Binance account");

        await page.GotoAsync(site.Binance.BaseAddress.AbsoluteUri);

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Live access tokens (0)" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Recently revoked" }).GetByText("Revoked by the application", new() { Exact = true })).ToBeVisibleAsync();
    }

    // A signed-in user with the profile page in a second tab.
    private static async Task<(IPage First, IPage Second)> SignInAsync(IBrowserContext context, SampleSite site)
    {
        var first = await context.NewPageAsync();
        await first.SignInAsync(site);
        var second = await context.NewPageAsync();
        await second.GotoAsync(site.Url("/profile"));
        return (first, second);
    }
}
