using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa.Support;

/// <summary>
/// The steps of a user of the browser flow.
/// </summary>
internal static class BrowserFlowJourney
{
    public const string Ready = "The flow without a server";
    public const string SignedIn = "You are signed in, in this page";

    public static async Task OpenAsync(this IPage page, SpaSite site)
    {
        await page.GotoAsync(site.Url("/browser-flow/"));
        await page.AssertShowsAsync(Ready);
        await Assertions.Expect(Button(page)).ToBeVisibleAsync();
    }

    /// <summary>Starts the sign-in, which ends on the consent page.</summary>
    public static async Task StartSignInAsync(this IPage page)
    {
        await Button(page).ClickAsync();
        await page.AssertShowsConsentAsync();
    }

    public static async Task SignInAsync(IPage page, SpaSite site)
    {
        await page.OpenAsync(site);
        await page.StartSignInAsync();
        await page.AuthorizeAsync();
        await page.AssertShowsAsync(SignedIn);
    }

    private static ILocator Button(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Sign in with PKCE" });
}
