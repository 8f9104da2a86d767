using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Identity.Support;

/// <summary>
/// The steps of a user of the Identity site. Most pages are those of Identity's default UI.
/// </summary>
internal static class IdentityJourney
{
    private const string Password = "Correct-horse-1";

    /// <summary>Opens the login page and chooses Binance, which ends on the consent page.</summary>
    public static async Task ChooseBinanceAsync(this IPage page, IdentitySite site)
    {
        await page.GotoAsync(site.Url("/Identity/Account/Login"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Binance", Exact = true }).ClickAsync();
        await page.AssertShowsConsentAsync();
    }

    /// <summary>Signs in a registered user.</summary>
    public static async Task SignInAsync(this IPage page, IdentitySite site)
    {
        await page.ChooseBinanceAsync(site);
        await page.AuthorizeAsync();
        await page.AssertShowsAsync("Welcome");
    }

    /// <summary>Signs in a user who is not registered, and confirms the e-mail address that Binance returned.</summary>
    public static async Task RegisterByBinanceAsync(this IPage page, IdentitySite site)
    {
        await page.ChooseBinanceAsync(site);
        await page.AuthorizeAsync();
        await page.AssertShowsAsync("Register");
        await page.RegisterButton().ClickAsync();
        await page.AssertShowsAsync("Welcome");
    }

    /// <summary>Registers a user with a password.</summary>
    public static async Task RegisterByPasswordAsync(this IPage page, IdentitySite site, string email)
    {
        await page.GotoAsync(site.Url("/Identity/Account/Register"));
        await page.GetByLabel("Email").FillAsync(email);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await page.GetByLabel("Confirm Password").FillAsync(Password);
        await page.RegisterButton().ClickAsync();
        await page.AssertShowsAsync("Welcome");
    }

    /// <summary>Opens the logins of the signed-in user and connects Binance, which ends on the consent page.</summary>
    public static async Task BeginConnectingAsync(this IPage page, IdentitySite site)
    {
        await page.GotoAsync(site.Url("/Identity/Account/Manage/ExternalLogins"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect Binance" }).ClickAsync();
        await page.AssertShowsConsentAsync();
    }

    /// <summary>Connects a Binance account to the user who is signed in.</summary>
    public static async Task ConnectAsync(this IPage page, IdentitySite site)
    {
        await page.BeginConnectingAsync(site);
        await page.AuthorizeAsync();
        await page.AssertShowsAlertAsync("The login was added.");
    }

    /// <summary>Opens the page that calls Binance, and waits for the account there.</summary>
    public static async Task OpenAccountAsync(this IPage page, IdentitySite site, string userId)
    {
        await page.GotoAsync(site.Url("/Account"));
        await page.AssertShowsAsync("Your Binance account");
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync(userId);
    }

    /// <summary>Waits for the message of the settings about the last change.</summary>
    public static Task AssertShowsAlertAsync(this IPage page, string message)
        => Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync(message);

    public static ILocator RegisterButton(this IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Register" });

    public static ILocator DeleteButton(this IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Delete data and close my account" });

    public static ILocator PasswordField(this IPage page) => page.GetByLabel("Password", new() { Exact = true });

    public static Task FillPasswordAsync(this IPage page) => page.PasswordField().FillAsync(Password);
}
