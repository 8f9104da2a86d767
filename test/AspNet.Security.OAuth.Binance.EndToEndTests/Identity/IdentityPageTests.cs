using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Identity;

/// <summary>
/// The site's own pages as people meet them; those of Identity are Identity's. SCREENSHOTS=folder keeps a picture of each state there.
/// </summary>
public sealed class IdentityPageTests(Browser browser)
{
    private static readonly string? _screenshots = Environment.GetEnvironmentVariable("SCREENSHOTS");

    [Fact]
    public async Task Pages_have_no_violation_that_axe_finds()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();

        await foreach (var state in VisitAsync(page, site))
        {
            var result = await page.RunAxe();

            Assert.True(result.Violations.Length is 0, $"{state}: {string.Join("; ", result.Violations.Select(PageProblems.Describe))}");
            await KeepPictureAsync(page, state);
        }
    }

    [Fact]
    public async Task Pages_fit_on_a_phone_without_horizontal_scrolling()
    {
        await using var context = await browser.OpenAsync(new() { ViewportSize = new() { Width = 390, Height = 844 } });
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();

        await foreach (var state in VisitAsync(page, site))
        {
            var width = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");

            Assert.True(width <= 390, $"{state} is {width} pixels wide.");
            await KeepPictureAsync(page, $"Phone-{state}");
        }
    }

    [Fact]
    public async Task Pages_load_nothing_from_elsewhere()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();
        List<string> elsewhere = [];
        string[] known = [site.Url("/"), site.Binance.BaseAddress.AbsoluteUri, "data:"];
        page.Request += (_, request) =>
        {
            if (!known.Any(start => request.Url.StartsWith(start, StringComparison.Ordinal)))
            {
                elsewhere.Add(request.Url);
            }
        };

        await foreach (var _ in VisitAsync(page, site))
        {
            Assert.Empty(elsewhere);
        }
    }

    // Every page of the site's own; yields when the page is there.
    private static async IAsyncEnumerable<string> VisitAsync(IPage page, IdentitySite site)
    {
        await page.GotoAsync(site.Url("/"));
        await page.ShowsAsync("A site with Identity");
        yield return "start";

        await page.ChooseBinanceAsync(site);
        await page.CancelAsync();
        await page.ShowsAsync("Sign-in cancelled");
        yield return "cancelled";

        await page.GotoAsync(site.Url("/LoginFailed?failure=unavailable"));
        await page.ShowsAsync("Sign-in failed");
        yield return "failed";

        await page.RegisterByPasswordAsync(site, "user@example.com");
        yield return "welcome";

        await page.SeesAccountAsync(site, "You have not connected your Binance account.");
        yield return "not-connected";

        await page.ConnectAsync(site);
        yield return "connected";

        await page.SeesAccountAsync(site, "User id");
        yield return "account";

        await page.GotoAsync(site.Url("/Identity/Account/Manage/DeletePersonalData"));
        await Assertions.Expect(page.DeleteButton()).ToBeVisibleAsync();
        yield return "delete";
    }

    private static Task KeepPictureAsync(IPage page, string name) => _screenshots is null
        ? Task.CompletedTask
        : page.ScreenshotAsync(new() { Path = Path.Combine(_screenshots, name + ".png"), FullPage = true });
}
