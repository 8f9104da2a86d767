using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Blazor.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Blazor;

/// <summary>
/// The pages of the site in each of their states.
/// </summary>
public sealed class BlazorPageTests(Browser browser)
{
    [Fact]
    public async Task Pages_fit_on_a_phone_have_no_violation_of_axe_and_a_title_each()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();
        var titles = new Dictionary<string, string>();

        await foreach (var state in VisitAsync(page, site))
        {
            await page.AssertLayoutAsync(state);
            titles[await page.Locator("h1").InnerTextAsync()] = await page.TitleAsync();
        }

        Assert.Equal(
            ["Account", "Home", "Home", "Not found", "Not signed in", "Sign-in cancelled"],
            titles.Values.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Sign_in_call_and_sign_out_need_a_keyboard_only()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(site.Url("/"));

        await EnterAsync(page, page.GetByRole(AriaRole.Link, new() { Name = "Login with Binance" }));
        await page.AssertShowsConsentAsync();
        await EnterAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Authorize" }));
        await page.AssertShowsAsync("Welcome");
        await EnterAsync(page, page.GetByRole(AriaRole.Link, new() { Name = "Your account" }));
        await page.AssertShowsAsync("Your account");
        await Assertions.Expect(page.CallButton()).ToBeEnabledAsync();
        await EnterAsync(page, page.CallButton());
        await page.AssertShowsStatusAsync(BinanceEmulatorDefaults.UserId);
        await Assertions.Expect(page.CallButton()).ToBeFocusedAsync();
        await EnterAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }));
        await page.AssertShowsAsync("A Blazor site");
    }

    // Brings the site into each state; yields when the page is shown.
    private static async IAsyncEnumerable<string> VisitAsync(IPage page, BlazorSite site)
    {
        await page.GotoAsync(site.Url("/"));
        await page.AssertShowsAsync("A Blazor site");
        yield return "start";

        await page.ClickLoginAsync();
        await page.CancelAsync();
        await page.AssertShowsAsync("Sign-in cancelled");
        yield return "cancelled";

        // An anonymous page in a circuit: its links stay in the circuit, which has moved the focus to the heading.
        await page.GotoAsync(site.Url("/nothing"));
        await page.AssertShowsAsync("Not found");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeFocusedAsync();
        yield return "not-found";
        await page.GetByRole(AriaRole.Link, new() { Name = "Account" }).ClickAsync();
        await page.AssertShowsAsync("You are not signed in");
        yield return "not-signed-in";

        await page.ClickLoginAsync();
        await page.AuthorizeAsync();
        await page.AssertShowsAsync("Your account");
        await Assertions.Expect(page.CallButton()).ToBeEnabledAsync();
        yield return "account";

        await page.CallBinanceAsync(BinanceEmulatorDefaults.UserId);
        yield return "called";

        site.Binance.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503));
        await page.CallBinanceAsync("Binance cannot be reached.");
        yield return "outage";

        await page.GetByRole(AriaRole.Link, new() { Name = "Home" }).ClickAsync();
        await page.AssertShowsAsync("Welcome");
        yield return "welcome";

        await page.GetByRole(AriaRole.Link, new() { Name = "Your account" }).ClickAsync();
        await Assertions.Expect(page.CallButton()).ToBeEnabledAsync();
        await page.SignOutElsewhereAsync(site);
        await page.CallBinanceAsync("Your session has ended");
        yield return "ended";
    }

    private static async Task EnterAsync(IPage page, ILocator target)
    {
        for (var stop = 0; stop < 20; stop++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                await page.Keyboard.PressAsync("Enter");
                return;
            }
        }

        Assert.Fail($"The Tab key does not reach {target}.");
    }
}
