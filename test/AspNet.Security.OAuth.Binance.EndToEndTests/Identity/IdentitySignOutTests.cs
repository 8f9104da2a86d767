using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Identity.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Identity;

public sealed class IdentitySignOutTests(Browser browser)
{
    [Fact]
    public async Task Sign_out_revokes_and_the_next_sign_in_has_tokens_of_its_own()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();
        await page.RegisterByBinanceAsync(site);
        var first = Assert.Single(site.Binance.Tokens.AccessTokens).Value;

        await page.SignOutAsync();
        await page.AssertShowsAsync("A site with Identity");
        Assert.Empty(site.Binance.Tokens.AccessTokens);
        Assert.Equal(1, site.Binance.Requests.Count(EmulatorEndpoint.Revoke));
        Assert.Equal(0, await site.CountStoredTokensAsync());

        await page.SignInAsync(site);
        await page.OpenAccountAsync(site, BinanceEmulatorDefaults.UserId);
        Assert.NotEqual(first, Assert.Single(site.Binance.Tokens.AccessTokens).Value);

        await page.SignOutAsync();
        await page.AssertShowsAsync("A site with Identity");
        Assert.Empty(site.Binance.Tokens.AccessTokens);
        Assert.Equal(2, site.Binance.Requests.Count(EmulatorEndpoint.Revoke));
    }

    [Fact]
    public async Task Sign_out_on_one_device_leaves_the_tokens_of_the_other()
    {
        await using var first = await browser.OpenAsync();
        await using var second = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var desktop = await first.NewPageAsync();
        await desktop.RegisterByBinanceAsync(site);
        var kept = Assert.Single(site.Binance.Tokens.AccessTokens).Value;
        var phone = await second.NewPageAsync();
        await phone.SignInAsync(site);
        Assert.Equal(2, site.Binance.Tokens.AccessTokens.Count);

        await phone.SignOutAsync();
        await phone.AssertShowsAsync("A site with Identity");

        Assert.Equal(kept, Assert.Single(site.Binance.Tokens.AccessTokens).Value);
        await desktop.OpenAccountAsync(site, BinanceEmulatorDefaults.UserId);
        await desktop.SignOutAsync();
        await desktop.AssertShowsAsync("A site with Identity");
        Assert.Empty(site.Binance.Tokens.AccessTokens);
    }

    [Fact]
    public async Task Tokens_of_a_login_that_was_added_are_revoked_by_the_sign_out()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();
        await page.RegisterByPasswordAsync(site, "user@example.com");
        await page.ConnectAsync(site);
        Assert.Single(site.Binance.Tokens.AccessTokens);

        await page.SignOutAsync();

        await page.AssertShowsAsync("A site with Identity");
        Assert.Empty(site.Binance.Tokens.AccessTokens);
    }

    [Fact]
    public async Task Login_that_is_removed_is_revoked_on_all_devices_and_the_user_stays_signed_in()
    {
        await using var first = await browser.OpenAsync();
        await using var second = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await first.NewPageAsync();
        await page.RegisterByPasswordAsync(site, "user@example.com");
        await page.ConnectAsync(site);
        var phone = await second.NewPageAsync();
        await phone.SignInAsync(site);
        Assert.Equal(2, site.Binance.Tokens.AccessTokens.Count);
        await page.GotoAsync(site.Url("/Identity/Account/Manage/ExternalLogins"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Remove Binance" }).ClickAsync();

        await page.AssertShowsAlertAsync("The login was removed.");
        Assert.Empty(site.Binance.Tokens.AccessTokens);
        Assert.Equal(0, await site.CountStoredTokensAsync());
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Connect Binance" })).ToBeVisibleAsync();
        foreach (var device in new[] { page, phone })
        {
            await device.OpenAccountAsync(site, "You have not connected your Binance account.");
            await Assertions.Expect(device.GetByRole(AriaRole.Button, new() { Name = "Sign out" })).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task Only_login_of_a_user_without_a_password_is_not_removed()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();
        await page.RegisterByBinanceAsync(site);
        await page.GotoAsync(site.Url("/Identity/Account/Manage/ExternalLogins"));
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Remove Binance" })).Not.ToBeVisibleAsync();

        // The page has no button for it. Its form can be sent all the same.
        await page.EvaluateAsync("document.querySelector('form[action*=RemoveLogin]').submit()");

        await page.AssertShowsAlertAsync("Error: the only login of an account without a password cannot be removed.");
        Assert.Single(site.Binance.Tokens.AccessTokens);
        await page.OpenAccountAsync(site, BinanceEmulatorDefaults.UserId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Account_that_is_deleted_is_revoked(bool withPassword)
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();
        if (withPassword)
        {
            await page.RegisterByPasswordAsync(site, "user@example.com");
            await page.ConnectAsync(site);
        }
        else
        {
            await page.RegisterByBinanceAsync(site);
        }

        await page.GotoAsync(site.Url("/Identity/Account/Manage/DeletePersonalData"));
        if (withPassword)
        {
            // A password that is not correct deletes and revokes nothing.
            await page.PasswordField().FillAsync("wrong");
            await page.DeleteButton().ClickAsync();
            await page.AssertShowsAlertAsync("The password is not correct.");
            Assert.Single(site.Binance.Tokens.AccessTokens);
            await page.FillPasswordAsync();
        }

        await page.DeleteButton().ClickAsync();

        await page.AssertShowsAsync("A site with Identity");
        Assert.Empty(site.Binance.Tokens.AccessTokens);
        Assert.Equal(0, await site.CountStoredTokensAsync());
        Assert.Equal(0, await site.ReadAsync(database => database.Users.CountAsync(TestContext.Current.CancellationToken)));
    }
}
