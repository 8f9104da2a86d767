using AspNet.Security.OAuth.Binance.EndToEndTests.Spa.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa;

public sealed class SpaLoginTests(Browser browser)
{
    [Fact]
    public async Task Login_returns_to_the_page_which_shows_the_session_and_the_response_of_Binance()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.GotoAsync(site.Url("/"));
        await page.AssertShowsAsync(SpaJourney.SignedOut);

        await page.ClickLoginAsync();
        await page.AssertShowsConsentAsync();
        Assert.NotEqual(site.Origin, page.Origin());
        await page.AuthorizeAsync();
        await page.AssertShowsAsync(SpaJourney.SignedIn);
        Assert.Equal(site.Url("/"), page.Url);
        await page.OpenAccountAsync();

        var user = site.Binance.Users.First();
        var text = await page.InnerTextAsync("main");
        Assert.Equal(3, text.Split(user.Email!).Length);
        Assert.Equal(3, text.Split(user.UserId).Length);
        Assert.Contains("user:openId to recognise you", text, StringComparison.Ordinal);
        Assert.Contains("user:email to read", text, StringComparison.Ordinal);
        Assert.Contains("Until ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_of_a_user_without_an_email_address_shows_that()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        var user = site.Binance.Users.First(user => user.Email is null);

        await page.GotoAsync(site.Url("/account"));
        await page.ClickLoginAsync();
        await page.GetByLabel(user.Label).CheckAsync();
        await page.AuthorizeAsync();

        await page.AssertShowsAsync(SpaJourney.Account);
        await page.AssertShowsTextAsync("Received at");
        var text = await page.InnerTextAsync("main");
        Assert.Contains(user.UserId, text, StringComparison.Ordinal);
        Assert.Contains("Binance gave no e-mail address.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deep_link_offers_the_login_and_is_reached_after_it()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();

        await page.GotoAsync(site.Url("/account?from=news&x=1"));
        await page.AssertShowsAsync(SpaJourney.LoginNeeded);
        await page.ClickLoginAsync();
        await page.AuthorizeAsync();

        await page.AssertShowsAsync(SpaJourney.Account);
        Assert.Equal(site.Url("/account?from=news&x=1"), page.Url);
    }

    [Fact]
    public async Task Cancel_ends_on_a_page_from_which_trying_again_reaches_the_route()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();

        await page.GotoAsync(site.Url("/account"));
        await page.ClickLoginAsync();
        await page.CancelAsync();
        await page.AssertShowsAsync("Sign-in cancelled");
        Assert.Equal("/auth/failed", page.Path());
        Assert.Empty(site.Binance.Tokens.AccessTokens);

        await page.GetByRole(AriaRole.Link, new() { Name = "Try again" }).ClickAsync();
        await page.AuthorizeAsync();

        await page.AssertShowsAsync(SpaJourney.Account);
        Assert.Equal(site.Url("/account"), page.Url);
    }

    [Fact]
    public async Task Back_button_after_the_login_shows_the_signed_in_page()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);

        await page.GoBackAsync();
        await page.AssertShowsConsentAsync();
        await page.GoBackAsync();

        await page.AssertShowsAsync(SpaJourney.SignedIn);
    }

    [Fact]
    public async Task Sign_out_ends_the_session_and_revokes_the_token()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        var token = Assert.Single(site.Binance.Tokens.AccessTokens).Value;

        await page.SignOutAsync();

        await page.AssertShowsAsync(SpaJourney.SignedOut);
        Assert.False(site.Binance.Tokens.IsLive(token));
        Assert.Equal(401, (await page.FetchAsync("/auth/user")).Status);
        Assert.DoesNotContain(await context.CookiesAsync(), cookie => cookie.Name == "SampleSpa");
    }

    [Fact]
    public async Task Routes_change_without_a_request_and_move_the_focus_to_the_heading()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        await page.EvaluateAsync("() => { window.mark = 1; }");

        await page.GetByRole(AriaRole.Link, new() { Name = "Account", Exact = true }).PressAsync("Enter");
        await page.AssertShowsAsync(SpaJourney.Account);
        await HasAsync(SpaJourney.Account, "Your account - Sample single-page app", "Account");
        await page.GoBackAsync();
        await page.AssertShowsAsync(SpaJourney.SignedIn);
        await HasAsync(SpaJourney.SignedIn, "Welcome - Sample single-page app", "Start");

        Assert.Equal(1, await page.EvaluateAsync<int>("() => window.mark"));

        async Task HasAsync(string heading, string title, string current)
        {
            Assert.Equal(heading, await page.EvaluateAsync<string>("() => document.activeElement.textContent"));
            Assert.Equal(title, await page.TitleAsync());
            Assert.Equal(current, await page.Locator("nav [aria-current=page]").InnerTextAsync());
        }
    }

    [Fact]
    public async Task Sign_in_navigation_and_sign_out_need_a_keyboard_only()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.GotoAsync(site.Url("/"));
        await page.AssertShowsAsync(SpaJourney.SignedOut);

        await TabToAsync("Login with Binance");
        await page.Keyboard.PressAsync("Enter");
        await page.AssertShowsConsentAsync();
        await TabToAsync("Authorize");
        await page.Keyboard.PressAsync("Enter");
        await page.AssertShowsAsync(SpaJourney.SignedIn);
        await TabToAsync("Your account");
        await page.Keyboard.PressAsync("Enter");
        await page.AssertShowsAsync(SpaJourney.Account);
        await page.AssertShowsTextAsync("Received at");
        await TabToAsync("Call Binance again");
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync("Sign out");
        await page.Keyboard.PressAsync("Enter");

        // The focused button was removed: the focus moves to the heading.
        await page.AssertShowsAsync(SpaJourney.LoginNeeded);
        Assert.Equal(SpaJourney.LoginNeeded, await page.EvaluateAsync<string>("() => document.activeElement.textContent"));
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("You are signed out.");

        async Task TabToAsync(string name)
        {
            for (var presses = 0; presses < 20; presses++)
            {
                await page.Keyboard.PressAsync("Tab");
                if (await page.EvaluateAsync<string>("() => document.activeElement.textContent.trim()") == name)
                {
                    return;
                }
            }

            Assert.Fail($"The Tab key does not reach \"{name}\".");
        }
    }
}
