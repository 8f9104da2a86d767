using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native;

/// <summary>
/// What the list of processes and the terminal show of a sign-in.
/// </summary>
public sealed class NativeSecretTests(Browser browser)
{
    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task List_of_processes_has_neither_the_state_nor_the_code()
    {
        await using var context = await browser.OpenAsync();
        await using var desktop = await Desktop.StartAsync();
        await using var sample = desktop.Run();
        var page = await context.NewPageAsync();

        // xdg-open is still running.
        using var opened = await desktop.OpenedAsync();
        await page.GotoAsync(opened.Address.AbsoluteUri);
        await page.AssertShowsConsentAsync();
        var waiting = CommandLines();
        Assert.Contains(waiting, line => line.Contains(opened.Address.AbsoluteUri, StringComparison.Ordinal));

        // While the code is exchanged.
        using var exchange = desktop.Binance.Faults.Hold(EmulatorEndpoint.Token);
        var authorize = page.AuthorizeAsync();
        await exchange.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        var exchanging = CommandLines();
        Assert.Contains(exchanging, line => line.Contains(opened.Address.AbsoluteUri, StringComparison.Ordinal));
        exchange.Release();
        await authorize;
        await page.AssertShowsAsync(LastPage.SignedIn);

        AssertNoSecret(desktop, string.Join('\n', waiting.Concat(exchanging)));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Terminal_shows_no_secret_when_the_browser_was_opened()
    {
        await using var desktop = await Desktop.StartAsync(autoApprove: true);
        await using var sample = desktop.Run();
        using (var opened = await desktop.OpenedAsync())
        {
            await Visit.FollowAsync(opened.Address.AbsoluteUri);
        }

        Assert.Equal(0, await sample.EndAsync());
        AssertNoSecret(desktop, sample.Text);
    }

    private static void AssertNoSecret(Desktop desktop, string text)
    {
        var secrets = new SecretList(desktop.Binance);
        Assert.Equal(["access_token", "code", "code_verifier", "refresh_token", "state"], secrets.Kinds());
        secrets.AssertAbsentFrom(text);
    }

    private static string[] CommandLines()
        => [.. Directory.GetDirectories("/proc").Where(process => Path.GetFileName(process).All(char.IsAsciiDigit)).Select(CommandLine)];

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            // The process has ended.
            return "";
        }
    }
}
