using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Web.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Web;

public sealed class LoginTests(Browser browser)
{
    [Fact]
    public async Task Login_goes_over_the_consent_page_and_ends_on_a_profile_without_any_token()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SampleSite.Start();
        var page = await context.NewPageAsync();
        await page.GotoAsync(site.Url("/"));

        await page.ClickLoginAsync();
        await page.AssertShowsConsentAsync();
        Assert.Equal(site.Binance.BaseAddress.GetLeftPart(UriPartial.Authority), page.Origin());

        await page.AuthorizeAsync();
        await page.AssertShowsAsync("Welcome, you are signed in");
        await page.GotoAsync(site.Url("/profile"));

        var user = site.Binance.Users.First();
        var text = await page.InnerTextAsync("main");
        Assert.Contains(user.UserId, text, StringComparison.Ordinal);
        Assert.Contains(user.Email!, text, StringComparison.Ordinal);
        Assert.Contains("user:openId", text, StringComparison.Ordinal);
        Assert.Contains("Expires in", text, StringComparison.Ordinal);

        var secrets = new SecretList(site.Binance);
        Assert.Equal(["access_token", "client_secret", "code", "code_verifier", "refresh_token", "state"], secrets.Kinds());
        secrets.AssertAbsentFrom(await page.ContentAsync());
    }

    [Fact]
    public async Task Login_uses_the_chosen_account()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SampleSite.Start();
        var page = await context.NewPageAsync();
        var user = site.Binance.Users.First(user => user.Email is null);

        await page.GotoAsync(site.Url("/profile"));
        await page.GetByLabel(user.Label).CheckAsync();
        await page.AuthorizeAsync();

        await page.AssertShowsAsync("Your profile");
        var text = await page.InnerTextAsync("main");
        Assert.Contains(user.UserId, text, StringComparison.Ordinal);
        Assert.Contains("Binance gave no e-mail address.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deep_link_is_reached_after_the_login()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SampleSite.Start();
        var page = await context.NewPageAsync();

        await page.GotoAsync(site.Url("/profile?from=newsletter"));
        await page.AuthorizeAsync();

        await page.AssertShowsAsync("Your profile");
        Assert.Equal(site.Url("/profile?from=newsletter"), page.Url);
    }

    [Fact]
    public async Task Cancel_ends_on_a_page_from_which_trying_again_reaches_the_requested_page()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SampleSite.Start();
        var page = await context.NewPageAsync();

        await page.GotoAsync(site.Url("/profile"));
        await page.CancelAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Try again" })).ToBeVisibleAsync();
        Assert.Equal("/account/denied", page.Path());
        Assert.Empty(site.Binance.Tokens.AccessTokens);

        await page.GetByRole(AriaRole.Link, new() { Name = "Try again" }).ClickAsync();
        await page.AuthorizeAsync();

        await page.AssertShowsAsync("Your profile");
        Assert.Equal("/profile", page.Path());
    }

    [Fact]
    public async Task Two_tabs_that_log_in_at_the_same_time_both_arrive()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SampleSite.Start();
        var first = await context.NewPageAsync();
        var second = await context.NewPageAsync();

        await first.GotoAsync(site.Url("/profile?tab=1"));
        await second.GotoAsync(site.Url("/profile?tab=2"));
        await first.AuthorizeAsync();
        await first.AssertShowsAsync("Your profile");
        await second.AuthorizeAsync();
        await second.AssertShowsAsync("Your profile");

        Assert.Equal(site.Url("/profile?tab=1"), first.Url);
        Assert.Equal(site.Url("/profile?tab=2"), second.Url);
    }

    [Fact]
    public async Task Second_tab_is_signed_in_by_the_login_in_the_first()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SampleSite.Start();
        var first = await context.NewPageAsync();
        await first.SignInAsync(site);

        var second = await context.NewPageAsync();
        await second.GotoAsync(site.Url("/profile"));

        await second.AssertShowsAsync("Your profile");
    }

    [Fact]
    public async Task Authorizing_again_after_the_back_button_ends_on_a_page_with_a_link_to_continue()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SampleSite.Start();
        var page = await context.NewPageAsync();
        var failures = new List<string>();
        page.Response += (_, response) =>
        {
            if (response.Status >= 500)
            {
                failures.Add(response.Url);
            }
        };
        await page.SignInAsync(site);

        await page.GoBackAsync();
        await page.AssertShowsConsentAsync();
        await page.AuthorizeAsync();

        // That state was used before; the user is still signed in.
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue" }).ClickAsync();
        await page.AssertShowsAsync("Welcome, you are signed in");
        Assert.Empty(failures);
    }
}
