using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.EndToEndTests.Web.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support;

/// <summary>
/// The steps of a user, by accessible names of links, buttons and headings.
/// </summary>
internal static class Journey
{
    public static Task ClickLoginAsync(this IPage page)
        => page.GetByRole(AriaRole.Link, new() { Name = "Login with Binance" }).ClickAsync();

    public static Task AuthorizeAsync(this IPage page)
        => page.GetByRole(AriaRole.Button, new() { Name = "Authorize" }).ClickAsync();

    public static Task CancelAsync(this IPage page)
        => page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

    public static Task SignOutAsync(this IPage page)
        => page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

    public static async Task SignInAsync(this IPage page, SampleSite site)
    {
        await page.GotoAsync(site.Url("/"));
        await page.ClickLoginAsync();
        await page.AuthorizeAsync();
        await page.AssertShowsAsync("Welcome, you are signed in");
    }

    /// <summary>Waits for the page's main heading.</summary>
    public static Task AssertShowsAsync(this IPage page, string heading)
        => Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(heading);

    /// <summary>Waits for the emulator's consent page.</summary>
    public static Task AssertShowsConsentAsync(this IPage page)
        => Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(new Regex("wants to use your account$"));

    public static string Path(this IPage page) => new Uri(page.Url).AbsolutePath;

    public static string Origin(this IPage page) => new Uri(page.Url).GetLeftPart(UriPartial.Authority);
}
