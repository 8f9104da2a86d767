using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa;

/// <summary>
/// What a visitor of the page without a server does.
/// </summary>
internal static class BrowserFlowJourney
{
    public const string Ready = "The flow without a server";
    public const string SignedIn = "You are signed in, in this page";

    public static async Task OpenAsync(this IPage page, SpaSite site)
    {
        await page.GotoAsync(site.Url("/browser-flow/"));
        await page.ShowsAsync(Ready);
        await Assertions.Expect(Button(page)).ToBeVisibleAsync();
    }

    /// <summary>Goes to the emulator.</summary>
    public static async Task LeaveAsync(this IPage page)
    {
        await Button(page).ClickAsync();
        await page.AsksForConsentAsync();
    }

    public static async Task SignInAsync(IPage page, SpaSite site)
    {
        await page.OpenAsync(site);
        await page.LeaveAsync();
        await page.AuthorizeAsync();
        await page.ShowsAsync(SignedIn);
    }

    private static ILocator Button(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Sign in with PKCE" });
}
