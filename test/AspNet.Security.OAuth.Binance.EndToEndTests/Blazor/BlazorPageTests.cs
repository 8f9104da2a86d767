using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Blazor;

/// <summary>
/// The pages as people meet them. SCREENSHOTS=folder keeps a picture of each state there.
/// </summary>
public sealed class BlazorPageTests(Browser browser)
{
    private static readonly string? _screenshots = Environment.GetEnvironmentVariable("SCREENSHOTS");

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Pages_have_no_violation_that_axe_finds(ColorScheme scheme)
    {
        await using var context = await browser.OpenAsync(new() { ColorScheme = scheme });
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();

        await foreach (var state in VisitAsync(page, site))
        {
            var result = await page.RunAxe();

            Assert.True(result.Violations.Length is 0, $"{state}: {string.Join("; ", result.Violations.Select(violation => violation.Help))}");
            await KeepPictureAsync(page, $"{scheme}-{state}");
        }
    }

    [Fact]
    public async Task Pages_fit_on_a_phone_without_horizontal_scrolling()
    {
        await using var context = await browser.OpenAsync(new() { ViewportSize = new() { Width = 390, Height = 844 } });
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();

        await foreach (var state in VisitAsync(page, site))
        {
            var width = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");

            Assert.True(width <= 390, $"{state} is {width} pixels wide.");
            await KeepPictureAsync(page, $"Phone-{state}");
        }
    }

    [Fact]
    public async Task Each_page_has_a_title_of_its_own()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();
        var titles = new Dictionary<string, string>();

        await foreach (var _ in VisitAsync(page, site))
        {
            titles[await page.Locator("h1").InnerTextAsync()] = await page.TitleAsync();
        }

        Assert.Equal(
            ["Account", "Home", "Home", "Not found", "Not signed in", "Sign-in cancelled"],
            titles.Values.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Whole_journey_takes_a_keyboard_only()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(site.Url("/"));

        await EnterAsync(page, page.GetByRole(AriaRole.Link, new() { Name = "Login with Binance" }));
        await page.AsksForConsentAsync();
        await EnterAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Authorize" }));
        await page.ShowsAsync("Welcome");
        await EnterAsync(page, page.GetByRole(AriaRole.Link, new() { Name = "Your account" }));
        await page.ShowsAsync("Your account");
        await Assertions.Expect(page.AskButton()).ToBeEnabledAsync();
        await EnterAsync(page, page.AskButton());
        await page.SaysAsync(BinanceEmulatorDefaults.UserId);
        await Assertions.Expect(page.AskButton()).ToBeFocusedAsync();
        await EnterAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }));
        await page.ShowsAsync("A Blazor site");
    }

    // Every state that a person can meet; yields when the page is there.
    private static async IAsyncEnumerable<string> VisitAsync(IPage page, BlazorSite site)
    {
        await page.GotoAsync(site.Url("/"));
        await page.ShowsAsync("A Blazor site");
        yield return "start";

        await page.ClickLoginAsync();
        await page.CancelAsync();
        await page.ShowsAsync("Sign-in cancelled");
        yield return "cancelled";

        // A page in a circuit that anybody sees: its links stay in the circuit, which has put the focus on the heading.
        await page.GotoAsync(site.Url("/nothing"));
        await page.ShowsAsync("Not found");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeFocusedAsync();
        yield return "not-found";
        await page.GetByRole(AriaRole.Link, new() { Name = "Account" }).ClickAsync();
        await page.ShowsAsync("You are not signed in");
        yield return "not-signed-in";

        await page.ClickLoginAsync();
        await page.AuthorizeAsync();
        await page.ShowsAsync("Your account");
        await Assertions.Expect(page.AskButton()).ToBeEnabledAsync();
        yield return "account";

        await page.AskAsync(BinanceEmulatorDefaults.UserId);
        yield return "asked";

        site.Binance.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503));
        await page.AskAsync("Binance cannot be reached.");
        yield return "outage";

        await page.GetByRole(AriaRole.Link, new() { Name = "Home" }).ClickAsync();
        await page.ShowsAsync("Welcome");
        yield return "welcome";

        await page.GetByRole(AriaRole.Link, new() { Name = "Your account" }).ClickAsync();
        await Assertions.Expect(page.AskButton()).ToBeEnabledAsync();
        await page.SignOutElsewhereAsync(site);
        await page.AskAsync("Your session has ended");
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

    private static Task KeepPictureAsync(IPage page, string name) => _screenshots is null
        ? Task.CompletedTask
        : page.ScreenshotAsync(new() { Path = Path.Combine(_screenshots, name + ".png"), FullPage = true });
}
