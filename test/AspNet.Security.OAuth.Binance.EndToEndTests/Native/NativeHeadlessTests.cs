using AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native;

/// <summary>
/// The console sample without a browser, as over SSH.
/// </summary>
public sealed class NativeHeadlessTests(Browser browser)
{
    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Headless_sign_in_prints_the_address_and_waits_for_a_browser_on_this_machine()
    {
        await using var context = await browser.OpenAsync();
        await using var desktop = await Desktop.StartAsync();
        await using var sample = desktop.Run("--headless");

        var (page, _) = await OpenAddressAsync(context, desktop, sample);
        await page.AuthorizeAsync();
        await page.AssertShowsAsync(LastPage.SignedIn);

        Assert.Equal(0, await sample.EndAsync());
        Assert.False(desktop.HasOpened);
    }

    [Theory(Timeout = SampleProgram.Timeout)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Callback_of_a_browser_on_another_machine_can_be_pasted(bool authorizes)
    {
        await using var context = await browser.OpenAsync();
        await using var desktop = await Desktop.StartAsync();
        await using var sample = desktop.Run("--headless");

        var (page, _) = await OpenAddressAsync(context, desktop, sample);
        var end = await page.FinishOnAnotherMachineAsync(authorizes);
        await sample.TypeAsync($"  {end} ");

        Assert.Equal(authorizes ? 0 : 1, await sample.EndAsync());
        Assert.Contains(authorizes ? "Signed in." : "You cancelled the sign-in.", sample.Text, StringComparison.Ordinal);
        Assert.Equal(authorizes ? 1 : 0, desktop.Binance.Tokens.AccessTokens.Count);
    }

    [Theory(Timeout = SampleProgram.Timeout)]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("https://www.example.com/?code=c&state=s")]
    [InlineData("{redirect_uri}")]
    [InlineData("{redirect_uri}?code=c")]
    [InlineData("{redirect_uri}?code=c&state=another")]
    [InlineData("{redirect_uri}?code=c&state={state}&state={state}")]
    [InlineData("{authorize}")]
    public async Task Pasted_text_that_is_not_the_callback_is_refused_and_can_be_pasted_again(string text)
    {
        await using var context = await browser.OpenAsync();
        await using var desktop = await Desktop.StartAsync();
        await using var sample = desktop.Run("--headless");
        var (page, address) = await OpenAddressAsync(context, desktop, sample);

        await sample.TypeAsync(text
            .Replace("{redirect_uri}", page.RedirectUri().AbsoluteUri, StringComparison.Ordinal)
            .Replace("{state}", page.State(), StringComparison.Ordinal)
            .Replace("{authorize}", address, StringComparison.Ordinal));
        await sample.WaitForLineAsync("This is not the address");

        await sample.TypeAsync(await page.FinishOnAnotherMachineAsync(authorizes: true));
        Assert.Equal(0, await sample.EndAsync());
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Machine_without_a_display_gets_the_address_at_once()
    {
        await using var desktop = await Desktop.StartAsync(autoApprove: true);
        var start = desktop.StartOf(desktop.Arguments);
        start.Environment.Remove("DISPLAY");
        start.Environment.Remove("WAYLAND_DISPLAY");
        await using var sample = SampleProgram.Start(start);

        await sample.WaitForLineAsync("No browser can be opened from here.");
        await Visit.FollowAsync(await sample.WaitForLineAsync(desktop.Binance.BaseAddress.AbsoluteUri + "oauth/authorize?"));

        Assert.Equal(0, await sample.EndAsync());
        Assert.False(desktop.HasOpened);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Enter_shows_the_address_if_the_started_browser_does_not_open()
    {
        await using var desktop = await Desktop.StartAsync(autoApprove: true);
        await using var sample = desktop.Run();

        using (await desktop.OpenedAsync())
        {
            await sample.TypeAsync("");
            await Visit.FollowAsync(await sample.WaitForLineAsync(desktop.Binance.BaseAddress.AbsoluteUri + "oauth/authorize?"));
        }

        Assert.Equal(0, await sample.EndAsync());
    }

    // Opens the address that the sample prints.
    private static async Task<(IPage Page, string Address)> OpenAddressAsync(IBrowserContext context, Desktop desktop, SampleProgram sample)
    {
        var page = await context.NewPageAsync();
        var address = await sample.WaitForLineAsync(desktop.Binance.BaseAddress.AbsoluteUri + "oauth/authorize?");
        await page.GotoAsync(address);
        return (page, address);
    }
}
