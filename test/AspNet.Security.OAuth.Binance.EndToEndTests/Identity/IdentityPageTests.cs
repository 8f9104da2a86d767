using AspNet.Security.OAuth.Binance.EndToEndTests.Identity.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Identity;

/// <summary>
/// The site's own pages, without those of Identity's default UI.
/// </summary>
public sealed class IdentityPageTests(Browser browser)
{
    [Fact]
    public async Task Pages_fit_on_a_phone_have_no_violation_of_axe_and_load_nothing_from_elsewhere()
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

        await foreach (var state in VisitAsync(page, site))
        {
            await page.AssertLayoutAsync(state);
            Assert.Empty(elsewhere);
        }
    }

    // Opens every page of the site's own; yields when the page is shown.
    private static async IAsyncEnumerable<string> VisitAsync(IPage page, IdentitySite site)
    {
        await page.GotoAsync(site.Url("/"));
        await page.AssertShowsAsync("A site with Identity");
        yield return "start";

        await page.ChooseBinanceAsync(site);
        await page.CancelAsync();
        await page.AssertShowsAsync("Sign-in cancelled");
        yield return "cancelled";

        await page.GotoAsync(site.Url("/LoginFailed?failure=unavailable"));
        await page.AssertShowsAsync("Sign-in failed");
        yield return "failed";

        await page.RegisterByPasswordAsync(site, "user@example.com");
        yield return "welcome";

        await page.OpenAccountAsync(site, "You have not connected your Binance account.");
        yield return "not-connected";

        await page.ConnectAsync(site);
        yield return "connected";

        await page.OpenAccountAsync(site, "User id");
        yield return "account";

        await page.GotoAsync(site.Url("/Identity/Account/Manage/DeletePersonalData"));
        await Assertions.Expect(page.DeleteButton()).ToBeVisibleAsync();
        yield return "delete";
    }
}
