using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator;

/// <summary>
/// Layout, accessibility and Content-Security-Policy of the emulator's pages, also in forced colors.
/// </summary>
public sealed class EmulatorLookTests(Browser browser)
{
    // A page and its path.
    public static TheoryData<string, string> Pages => new()
    {
        { "status", "/" },
        { "consent", StatusRequests.AuthorizeUrl() },
        { "consent in Turkish", StatusRequests.AuthorizeUrl("tr") },
        { "consent with long names", StatusRequests.AuthorizeUrl(clientId: StatusRequests.LongClientId) },
        { "refused", "/oauth/authorize?client_id=nobody" },
        { "not found", "/nowhere" },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_fits_a_phone_and_has_no_violation_of_axe_or_of_its_policy(string name, string path)
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var requests = new StatusRequests(binance);
        await requests.SendAllAsync();
        await requests.SignInWithLongNamesAsync();
        var page = await context.NewPageAsync();
        var violations = await page.ListenForViolationsAsync();
        await page.GotoAsync(new Uri(binance.BaseAddress, path).AbsoluteUri);
        await OpenAllAsync(page);

        foreach (var (scheme, forced) in new[] { (ColorScheme.Light, ForcedColors.None), (ColorScheme.Dark, ForcedColors.None), (ColorScheme.Dark, ForcedColors.Active) })
        {
            await page.SetViewportSizeAsync(1280, 900);
            await page.AssertAccessibleAsync(name, scheme, forced);
        }

        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light, ForcedColors = ForcedColors.None });
        foreach (var width in new[] { 390, 320 })
        {
            await page.AssertFitsAsync(name, width);
            Assert.Empty(await page.EvaluateAsync<string[]>(
                """
                () => [...document.querySelectorAll("main *")]
                    .filter(element => element.getBoundingClientRect().right > window.innerWidth + 1)
                    .map(element => element.outerHTML.slice(0, 200))
                """));
        }

        Assert.Empty(violations);
    }

    [Theory]
    [InlineData(ForcedColors.None)]
    [InlineData(ForcedColors.Active)]
    public async Task Cancel_and_Authorize_look_different(ForcedColors forced)
    {
        await using var context = await browser.OpenAsync(new() { ForcedColors = forced });
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(binance.BaseAddress, StatusRequests.AuthorizeUrl()).AbsoluteUri);

        var authorize = await BackgroundAsync(page, "Authorize");
        var cancel = await BackgroundAsync(page, "Cancel");

        Assert.NotEqual(authorize, cancel);
    }

    [Fact]
    public async Task Grids_have_no_empty_cell()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        var page = await context.NewPageAsync();
        await page.GotoAsync(binance.BaseAddress.AbsoluteUri);
        await OpenAllAsync(page);

        foreach (var width in new[] { 1280, 1000, 800, 600, 390 })
        {
            await page.SetViewportSizeAsync(width, 900);

            // The last cell of each row ends where the grid does.
            Assert.Equal(0, await page.EvaluateAsync<int>(
                """
                () => [...document.querySelectorAll(".settings, .cards")].filter(grid => {
                    const ends = new Map();
                    for (const cell of grid.children) {
                        const box = cell.getBoundingClientRect();
                        ends.set(Math.round(box.top), Math.max(ends.get(Math.round(box.top)) ?? 0, box.right));
                    }
                    const end = Math.max(...ends.values());
                    return [...ends.values()].some(value => end - value > 2);
                }).length
                """));
        }
    }

    private static Task<string> BackgroundAsync(IPage page, string button) => page.GetByRole(AriaRole.Button, new() { Name = button })
        .EvaluateAsync<string>("button => getComputedStyle(button).backgroundColor");

    private static async Task OpenAllAsync(IPage page)
        => await page.EvaluateAsync("() => document.querySelectorAll('details').forEach(details => { details.open = true; })");
}
