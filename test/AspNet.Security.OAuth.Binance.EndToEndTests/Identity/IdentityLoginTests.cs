using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Identity.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Identity;

public sealed class IdentityLoginTests(Browser browser)
{
    [Fact]
    public async Task User_registers_by_Binance_with_the_address_that_Binance_gave()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();

        await page.RegisterByBinanceAsync(site);

        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync(site.Binance.Users.First().Email!);
        await page.OpenAccountAsync(site, BinanceEmulatorDefaults.UserId);
        Assert.Single(site.Binance.Tokens.AccessTokens);
    }

    [Fact]
    public async Task User_without_an_address_at_Binance_types_one()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();
        await page.ChooseBinanceAsync(site);
        await page.GetByLabel(site.Binance.Users.Find(BinanceEmulatorDefaults.UserIdWithoutEmail)!.Label).CheckAsync();
        await page.AuthorizeAsync();
        await page.AssertShowsAsync("Register");
        await Assertions.Expect(page.GetByLabel("Email")).ToHaveValueAsync("");

        await page.GetByLabel("Email").FillAsync("typed@example.com");
        await page.RegisterButton().ClickAsync();

        await page.AssertShowsAsync("Welcome");
        await page.OpenAccountAsync(site, BinanceEmulatorDefaults.UserIdWithoutEmail);
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("Binance gave none.");
    }

    [Fact]
    public async Task Deep_link_is_reached_after_the_registration_and_after_the_next_sign_in()
    {
        await using var site = await IdentitySite.StartAsync();
        for (var visit = 0; visit < 2; visit++)
        {
            await using var context = await browser.OpenAsync();
            var page = await context.NewPageAsync();
            await page.GotoAsync(site.Url("/Account"));
            await page.GetByRole(AriaRole.Button, new() { Name = "Binance", Exact = true }).ClickAsync();
            await page.AuthorizeAsync();
            if (visit is 0)
            {
                await page.RegisterButton().ClickAsync();
            }

            await page.AssertShowsAsync("Your Binance account");
            Assert.Equal("/Account", page.Path());
            await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync(BinanceEmulatorDefaults.UserId);
        }
    }

    [Fact]
    public async Task Cancel_ends_on_a_page_without_a_sign_in()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();
        var errors = ErrorsOf(page);
        await page.ChooseBinanceAsync(site);

        await page.CancelAsync();

        await page.AssertShowsAsync("Sign-in cancelled");
        Assert.Equal("/LoginFailed", page.Path());
        Assert.Empty(errors);
        Assert.DoesNotContain(await context.CookiesAsync(), cookie => cookie.Name.StartsWith(".AspNetCore.Identity", StringComparison.Ordinal));
        Assert.Empty(site.Binance.Tokens.AccessTokens);

        // From there a sign-in works.
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Log in" }).ClickAsync();
        await page.AssertShowsAsync("Log in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Binance", Exact = true }).ClickAsync();
        await page.AuthorizeAsync();
        await page.AssertShowsAsync("Register");
    }

    [Fact]
    public async Task Cancel_while_connecting_leaves_the_user_signed_in()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();
        var errors = ErrorsOf(page);
        await page.RegisterByPasswordAsync(site, "user@example.com");
        await page.BeginConnectingAsync(site);

        await page.CancelAsync();

        await page.AssertShowsAsync("Sign-in cancelled");
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("You are signed in as user@example.com");
        Assert.Empty(errors);
        await page.GetByRole(AriaRole.Link, new() { Name = "Your logins" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Connect Binance" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Login_is_added_to_an_account_that_has_a_password()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();
        await page.RegisterByPasswordAsync(site, "user@example.com");

        // Without a Binance account, the page links to the logins.
        await page.OpenAccountAsync(site, "You have not connected your Binance account.");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Connect your Binance account" })).ToBeVisibleAsync();

        await page.ConnectAsync(site);

        await page.OpenAccountAsync(site, BinanceEmulatorDefaults.UserId);
        await using var another = await browser.OpenAsync();
        var elsewhere = await another.NewPageAsync();
        await elsewhere.SignInAsync(site);
        await Assertions.Expect(elsewhere.GetByRole(AriaRole.Main)).ToContainTextAsync("user@example.com");
    }

    [Fact]
    public async Task Login_of_another_user_is_not_added_and_its_tokens_are_revoked()
    {
        await using var first = await browser.OpenAsync();
        await using var second = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var owner = await first.NewPageAsync();
        await owner.RegisterByBinanceAsync(site);
        var kept = Assert.Single(site.Binance.Tokens.AccessTokens).Value;
        var page = await second.NewPageAsync();
        await page.RegisterByPasswordAsync(site, "user@example.com");

        await page.BeginConnectingAsync(site);
        await page.AuthorizeAsync();

        await page.AssertShowsAlertAsync("the login was not added");
        Assert.Equal(kept, Assert.Single(site.Binance.Tokens.AccessTokens).Value);
        await owner.OpenAccountAsync(site, BinanceEmulatorDefaults.UserId);
    }

    [Fact]
    public async Task User_whose_account_has_to_be_confirmed_signs_in_after_the_confirmation()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync(requireConfirmedAccount: true);
        var page = await context.NewPageAsync();
        await page.ChooseBinanceAsync(site);
        await page.AuthorizeAsync();
        await page.AssertShowsAsync("Register");
        await page.RegisterButton().ClickAsync();
        await page.AssertShowsAsync("Register confirmation");
        Assert.Equal(0, await site.CountStoredTokensAsync());

        // Identity's page has the link of the message, because the site sends none.
        await page.GetByRole(AriaRole.Link, new() { Name = "Click here to confirm your account" }).ClickAsync();
        await page.AssertShowsAsync("Confirm email");
        await page.GotoAsync(site.Url("/Identity/Account/Login"));
        Assert.Empty(site.Binance.Tokens.AccessTokens);
        await page.SignInAsync(site);

        await page.OpenAccountAsync(site, BinanceEmulatorDefaults.UserId);
        Assert.Single(site.Binance.Tokens.AccessTokens);
        Assert.Equal(1, await site.ReadAsync(database => database.UserLogins.CountAsync(TestContext.Current.CancellationToken)));
    }

    // Error responses of the site, and exceptions of its scripts.
    private static List<string> ErrorsOf(IPage page)
    {
        List<string> errors = [];
        page.PageError += (_, error) => errors.Add(error);
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
            {
                errors.Add($"{response.Status} {response.Url}");
            }
        };
        return errors;
    }
}
