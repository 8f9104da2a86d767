using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Blazor.Support;

/// <summary>
/// The transport of a circuit.
/// </summary>
public enum CircuitTransport
{
    WebSockets,
    LongPolling,
}

/// <summary>
/// The steps of a user of the Blazor site.
/// </summary>
internal static class BlazorJourney
{
    public static TheoryData<CircuitTransport> Transports => [CircuitTransport.WebSockets, CircuitTransport.LongPolling];

    /// <summary>Opens a browser, for long polling without WebSockets, as behind a proxy that blocks them.</summary>
    public static async Task<IBrowserContext> OpenAsync(this Browser browser, CircuitTransport transport, BrowserNewContextOptions? options = null)
    {
        var context = await browser.OpenAsync(options);
        if (transport is CircuitTransport.LongPolling)
        {
            await context.AddInitScriptAsync("delete window.WebSocket");
        }

        return context;
    }

    /// <summary>Signs in, and ends on the account page with a circuit.</summary>
    public static async Task OpenAccountAsync(this IPage page, BlazorSite site)
    {
        await page.GotoAsync(site.Url("/account"));
        await page.AuthorizeAsync();
        await page.AssertShowsAsync("Your account");
        await Assertions.Expect(page.CallButton()).ToBeEnabledAsync();
    }

    /// <summary>The button that calls Binance. It is enabled when the page is in a circuit.</summary>
    public static ILocator CallButton(this IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Call Binance" });

    /// <summary>Calls Binance from the circuit, and waits for the text of this call, not of an earlier one.</summary>
    public static async Task CallBinanceAsync(this IPage page, string result)
    {
        await page.EvaluateAsync("document.querySelectorAll('[role=status] p').forEach(text => text.dataset.before = '')");
        await page.CallButton().ClickAsync();
        await Assertions.Expect(page.Locator("[role=status] p:not([data-before])")).ToContainTextAsync(result);
    }

    /// <summary>Signs out in another tab.</summary>
    public static async Task SignOutElsewhereAsync(this IPage page, BlazorSite site)
    {
        var another = await page.Context.NewPageAsync();
        await another.GotoAsync(site.Url("/"));
        await another.SignOutAsync();
        await another.AssertShowsAsync("A Blazor site");
        await another.CloseAsync();
    }

    public static Task AssertShowsStatusAsync(this IPage page, string result)
        => Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync(result);
}
