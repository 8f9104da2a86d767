using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator;

/// <summary>
/// The emulator's status page.
/// </summary>
public sealed class StatusPageTests(Browser browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_is_shown_without_a_reload_with_the_reason_of_its_refusal()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var requests = new StatusRequests(binance);
        var page = await context.NewPageAsync();
        var violations = await page.ListenForViolationsAsync();
        await page.OpenStatusPageAsync(binance);

        await requests.RefuseAsync("first");

        await Assertions.Expect(page.GetByText("The client_id is missing or unknown.", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Empty(violations);
    }

    [Fact]
    public async Task Opened_details_stay_open_and_focused_when_a_request_is_added()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var requests = new StatusRequests(binance);
        await requests.RefuseAsync("first");
        var page = await context.OpenStatusPageAsync(binance);
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
    public async Task Reload_shows_new_requests_without_JavaScript()
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
    public async Task Button_expires_the_tokens_and_the_page_shows_the_result(bool hasJavaScript)
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
    public async Task Page_shows_that_the_emulator_has_stopped()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        var page = await context.OpenStatusPageAsync(binance);

        await binance.DisposeAsync();

        await Assertions.Expect(page.GetByText("· not connected")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Buttons_work_after_a_restart_of_the_emulator()
    {
        await using var context = await browser.OpenAsync();
        var first = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        var port = first.BaseAddress.Port;
        var page = await context.OpenStatusPageAsync(first);
        await first.DisposeAsync();
        await Assertions.Expect(page.GetByText("· not connected")).ToBeVisibleAsync();
        await using var second = await BinanceEmulator.StartAsync(options => options.Port = port, cancellationToken: Cancellation);
        var tokens = second.Tokens.Issue();
        await Assertions.Expect(page.GetByText("· live")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Expire all tokens" }).ClickAsync();

        await Assertions.Expect(page.Locator("#done")).ToHaveTextAsync("All access tokens have expired.");
        Assert.False(second.Tokens.IsLive(tokens.AccessToken));
    }

    [Fact]
    public async Task Result_of_a_button_is_not_shown_again_after_a_reload()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        var page = await context.OpenStatusPageAsync(binance);
        await page.GetByRole(AriaRole.Button, new() { Name = "Advance an hour" }).ClickAsync();
        await Assertions.Expect(page.Locator("#done")).ToHaveTextAsync("The clock was advanced by an hour.");
        await Assertions.Expect(page.GetByText("· live")).ToBeVisibleAsync();

        await page.ReloadAsync();

        await Assertions.Expect(page.GetByText("· live")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#done")).ToHaveCountAsync(0);
    }
}
