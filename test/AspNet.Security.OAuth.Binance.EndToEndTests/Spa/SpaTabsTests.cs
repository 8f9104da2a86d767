using AspNet.Security.OAuth.Binance.EndToEndTests.Spa.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa;

public sealed class SpaTabsTests(Browser browser)
{
    [Fact]
    public async Task Sign_out_in_another_tab_is_shown_at_once()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var first = await context.NewPageAsync();
        await first.SignInAsync(site);
        await first.OpenAccountAsync();
        var second = await context.NewPageAsync();
        await second.GotoAsync(site.Url("/"));
        await second.AssertShowsAsync(SpaJourney.SignedIn);

        await second.SignOutAsync();

        await first.AssertShowsAsync(SpaJourney.LoginNeeded);
        Assert.DoesNotContain(site.Binance.Users.First().Email!, await first.ContentAsync(), StringComparison.Ordinal);
        await second.AssertShowsAsync(SpaJourney.SignedOut);
    }

    [Fact]
    public async Task Sign_in_and_another_user_in_another_tab_are_shown()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var first = await context.NewPageAsync();
        await first.GotoAsync(site.Url("/account"));
        await first.AssertShowsAsync(SpaJourney.LoginNeeded);
        var second = await context.NewPageAsync();

        await second.SignInAsync(site);
        await first.AssertShowsAsync(SpaJourney.Account);
        await first.AssertShowsTextAsync("Received at");

        var other = site.Binance.Users.First(user => user.Email is null);
        await second.SignOutAsync();
        await second.ClickLoginAsync();
        await second.GetByLabel(other.Label).CheckAsync();
        await second.AuthorizeAsync();
        await second.AssertShowsAsync(SpaJourney.SignedIn);

        await first.AssertShowsTextAsync(other.UserId);
        await first.AssertShowsTextAsync("Received at");
        Assert.DoesNotContain(site.Binance.Users.First().Email!, await first.ContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tab_that_missed_the_message_checks_the_session_when_it_becomes_visible()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);

        // Without the button, which would send a message to the other tabs.
        Assert.Equal(204, (await page.FetchAsync("/auth/logout", "POST", csrf: "1")).Status);
        await page.ReturnToTabAsync();

        await page.AssertShowsAsync(SpaJourney.SessionOver);
    }

    [Fact]
    public async Task Sign_out_in_a_tab_whose_session_is_over_is_no_error()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        Assert.Equal(204, (await page.FetchAsync("/auth/logout", "POST", csrf: "1")).Status);

        await page.SignOutAsync();

        await page.AssertShowsAsync(SpaJourney.SignedOut);
        await Assertions.Expect(page.Locator("#problem")).ToBeHiddenAsync();
    }
}
