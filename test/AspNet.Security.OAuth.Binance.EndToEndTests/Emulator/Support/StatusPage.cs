using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;

/// <summary>
/// Opens the emulator's status page.
/// </summary>
internal static class StatusPage
{
    /// <summary>Opens the page in a new tab, and waits until its script is connected.</summary>
    public static async Task<IPage> OpenStatusPageAsync(this IBrowserContext context, BinanceEmulator binance)
    {
        var page = await context.NewPageAsync();
        await page.OpenStatusPageAsync(binance);
        return page;
    }

    /// <summary>Opens the page in a tab, and waits until its script is connected.</summary>
    public static async Task OpenStatusPageAsync(this IPage page, BinanceEmulator binance)
    {
        await page.GotoAsync(binance.BaseAddress.AbsoluteUri);
        await Assertions.Expect(page.GetByText("· live")).ToBeVisibleAsync();
    }
}
