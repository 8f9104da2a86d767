using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator;

/// <summary>The emulator's page as somebody uses it who looks for what went wrong.</summary>
public sealed class StatusPageTests(Browser browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_appears_by_itself_with_the_reason_of_its_refusal()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var requests = new StatusRequests(binance);
        var page = await context.NewPageAsync();
        var violations = await page.ListenForViolationsAsync();
        await page.GotoAsync(binance.BaseAddress.AbsoluteUri);
        await Assertions.Expect(page.GetByText("· live")).ToBeVisibleAsync();

        await requests.RefuseAsync("first");

        await Assertions.Expect(page.GetByText("The client_id is missing or unknown.", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Empty(violations);
    }

    [Fact]
    public async Task What_somebody_has_opened_stays_open_and_focused_when_more_arrives()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var requests = new StatusRequests(binance);
        await requests.RefuseAsync("first");
        var page = await context.NewPageAsync();
        await page.GotoAsync(binance.BaseAddress.AbsoluteUri);
        await Assertions.Expect(page.GetByText("· live")).ToBeVisibleAsync();
        var summary = page.Locator(".steps summary");
        await summary.ClickAsync();
        await Assertions.Expect(page.GetByText("first", new() { Exact = true })).ToBeVisibleAsync();

        await requests.RefuseAsync("second");

        await Assertions.Expect(summary).ToHaveCountAsync(2);
        await Assertions.Expect(page.GetByText("first", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("second", new() { Exact = true })).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator("details[open] > summary")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Without_JavaScript_a_reload_shows_what_is_new()
    {
        await using var context = await browser.OpenAsync(new() { JavaScriptEnabled = false });
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var requests = new StatusRequests(binance);
        var page = await context.NewPageAsync();
        await page.GotoAsync(binance.BaseAddress.AbsoluteUri);
        await Assertions.Expect(page.GetByText("No request yet.")).ToBeVisibleAsync();
        await requests.RefuseAsync("first");

        await page.GetByRole(AriaRole.Link, new() { Name = "Refresh" }).ClickAsync();

        await Assertions.Expect(page.GetByText("The client_id is missing or unknown.", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_button_does_what_it_says_and_the_page_says_so(bool hasJavaScript)
    {
        await using var context = await browser.OpenAsync(new() { JavaScriptEnabled = hasJavaScript });
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        var tokens = binance.Tokens.Issue();
        var page = await context.NewPageAsync();
        await page.GotoAsync(binance.BaseAddress.AbsoluteUri);

        await page.GetByRole(AriaRole.Button, new() { Name = "Expire all tokens" }).ClickAsync();

        await Assertions.Expect(page.Locator("#done")).ToHaveTextAsync("All access tokens have expired.");
        await Assertions.Expect(page.Locator("#done")).ToBeFocusedAsync();
        await Assertions.Expect(page.GetByText("No access token is live.")).ToBeVisibleAsync();
        Assert.False(binance.Tokens.IsLive(tokens.AccessToken));
    }

    [Fact]
    public async Task The_page_says_when_its_emulator_has_stopped()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        var page = await context.NewPageAsync();
        await page.GotoAsync(binance.BaseAddress.AbsoluteUri);
        await Assertions.Expect(page.GetByText("· live")).ToBeVisibleAsync();

        await binance.DisposeAsync();

        await Assertions.Expect(page.GetByText("· not connected")).ToBeVisibleAsync();
    }
}
