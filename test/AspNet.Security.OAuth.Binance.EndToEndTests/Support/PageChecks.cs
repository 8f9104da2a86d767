using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support;

/// <summary>
/// Checks of a page's accessibility, layout and Content-Security-Policy. <c>SCREENSHOTS</c> names a folder for pictures of the pages that are checked.
/// </summary>
internal static class PageChecks
{
    private const int Phone = 390;

    /// <summary>Records violations of a page's policy, and exceptions of its scripts.</summary>
    /// <returns>A list that grows.</returns>
    public static async Task<ConcurrentQueue<string>> ListenForViolationsAsync(this IPage page)
    {
        ConcurrentQueue<string> violations = [];
        await page.Context.ExposeFunctionAsync("reportViolation", (string violation) => violations.Enqueue(violation));
        await page.Context.AddInitScriptAsync(
            "addEventListener('securitypolicyviolation', event => reportViolation(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));");
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal) || message.Text.Contains("Trusted Type", StringComparison.Ordinal))
            {
                violations.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => violations.Enqueue(error);
        return violations;
    }

    /// <summary>Asserts that axe finds no violation in a color scheme.</summary>
    public static async Task AssertAccessibleAsync(this IPage page, string state, ColorScheme scheme, ForcedColors forced = ForcedColors.None)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = scheme, ForcedColors = forced });
        await page.KeepPictureAsync($"{state}-{scheme}-{forced}");
        var result = await page.RunAxe();
        Assert.NotEmpty(result.Passes);
        Assert.Empty(result.Violations.Select(
            violation => $"{state}: {violation.Id}: {violation.Help} {string.Join(" | ", violation.Nodes.Select(node => node.Html))}"));
    }

    /// <summary>Asserts that axe finds no violation in either color scheme, and that the page does not scroll horizontally on a phone.</summary>
    public static async Task AssertLayoutAsync(this IPage page, string state)
    {
        await page.AssertAccessibleAsync(state, ColorScheme.Light);
        await page.AssertAccessibleAsync(state, ColorScheme.Dark);
        var size = page.ViewportSize!;
        await page.AssertFitsAsync(state, Phone);
        await page.SetViewportSizeAsync(size.Width, size.Height);
    }

    /// <summary>Asserts that the page does not scroll horizontally at a width.</summary>
    public static async Task AssertFitsAsync(this IPage page, string state, int width)
    {
        await page.SetViewportSizeAsync(width, 780);
        await page.KeepPictureAsync($"{state}-{width}");
        var excess = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - window.innerWidth");
        Assert.True(excess <= 0, $"{state} is {excess} pixels wider than {width}.");
    }

    private static async Task KeepPictureAsync(this IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { FullPage = true, Path = Path.Combine(folder, $"{name.Replace(' ', '-')}.png") });
        }
    }
}
