using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native;

/// <summary>
/// The console sample where no browser can be opened, as over SSH.
/// </summary>
public sealed class NativeHeadlessTests(Browser browser)
{
    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Headless_prints_the_address_and_waits_for_a_browser_on_this_machine()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var desktop = Desktop.Create();
        await using var sample = desktop.Run(binance, "--headless");
        var page = await context.NewPageAsync();

        await page.GotoAsync(await sample.SaysAsync(binance.BaseAddress.AbsoluteUri + "oauth/authorize?"));
        await page.AuthorizeAsync();
        await page.ShowsAsync(LastPage.SignedIn);

        Assert.Equal(0, await sample.EndAsync());
        Assert.False(desktop.HasOpened);
    }

    [Theory(Timeout = SampleProgram.Timeout)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Address_at_which_a_browser_on_another_machine_ended_is_pasted(bool authorizes)
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var desktop = Desktop.Create();
        await using var sample = desktop.Run(binance, "--headless");
        var page = await context.NewPageAsync();
        var address = await sample.SaysAsync(binance.BaseAddress.AbsoluteUri + "oauth/authorize?");

        await page.GotoAsync(address);
        var end = await page.EndOnAnotherMachineAsync(authorizes);
        await sample.TypeAsync($"  {end} ");

        Assert.Equal(authorizes ? 0 : 1, await sample.EndAsync());
        Assert.Contains(authorizes ? "Signed in." : "You cancelled the sign-in.", sample.Text, StringComparison.Ordinal);
        Assert.Equal(authorizes ? 1 : 0, binance.Tokens.AccessTokens.Count);
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
    public async Task Pasted_text_that_is_no_such_address_is_refused_and_asked_for_again(string text)
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var desktop = Desktop.Create();
        await using var sample = desktop.Run(binance, "--headless");
        var page = await context.NewPageAsync();
        var address = await sample.SaysAsync(binance.BaseAddress.AbsoluteUri + "oauth/authorize?");
        await page.GotoAsync(address);

        await sample.TypeAsync(text
            .Replace("{redirect_uri}", page.RedirectUri().AbsoluteUri, StringComparison.Ordinal)
            .Replace("{state}", page.State(), StringComparison.Ordinal)
            .Replace("{authorize}", address, StringComparison.Ordinal));
        await sample.SaysAsync("This is not the address");

        await sample.TypeAsync(await page.EndOnAnotherMachineAsync(authorizes: true));
        Assert.Equal(0, await sample.EndAsync());
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Machine_without_a_display_gets_the_address_without_asking_for_it()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        await using var desktop = Desktop.Create();
        var start = desktop.StartOf(desktop.ArgumentsFor(binance));
        start.Environment.Remove("DISPLAY");
        start.Environment.Remove("WAYLAND_DISPLAY");
        await using var sample = SampleProgram.Start(start);

        await sample.SaysAsync("No browser can be opened from here.");
        await Visit.FollowAsync(await sample.SaysAsync(binance.BaseAddress.AbsoluteUri + "oauth/authorize?"));

        Assert.Equal(0, await sample.EndAsync());
        Assert.False(desktop.HasOpened);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Enter_shows_the_address_where_no_browser_opens_although_one_was_started()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        await using var desktop = Desktop.Create();
        await using var sample = desktop.Run(binance);

        using (await desktop.OpenedAsync())
        {
            await sample.TypeAsync("");
            await Visit.FollowAsync(await sample.SaysAsync(binance.BaseAddress.AbsoluteUri + "oauth/authorize?"));
        }

        Assert.Equal(0, await sample.EndAsync());
    }
}
