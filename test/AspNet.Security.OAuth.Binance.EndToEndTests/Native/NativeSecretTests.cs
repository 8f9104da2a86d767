using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native;

/// <summary>
/// What other users of the machine, and whoever looks at the terminal, can see of a sign-in.
/// </summary>
public sealed class NativeSecretTests(Browser browser)
{
    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task List_of_processes_has_neither_the_state_nor_the_code()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var desktop = Desktop.Create();
        await using var sample = desktop.Run(binance);
        var page = await context.NewPageAsync();

        // xdg-open is still there.
        using var opened = await desktop.OpenedAsync();
        await page.GotoAsync(opened.Address.AbsoluteUri);
        await page.AsksForConsentAsync();
        var state = page.State();
        var waiting = CommandLines();
        Assert.Contains(waiting, line => line.Contains(opened.Address.AbsoluteUri, StringComparison.Ordinal));
        Assert.All(waiting, line => Assert.DoesNotContain(state, line, StringComparison.Ordinal));

        // While the code is exchanged.
        using var exchange = binance.Faults.Hold(EmulatorEndpoint.Token);
        var authorize = page.AuthorizeAsync();
        await exchange.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        var exchanging = CommandLines();
        Assert.Contains(exchanging, line => line.Contains(opened.Address.AbsoluteUri, StringComparison.Ordinal));
        exchange.Release();
        await authorize;
        await page.ShowsAsync(LastPage.SignedIn);

        var code = binance.Requests.To(EmulatorEndpoint.Token).Single().Form["code"]!;
        Assert.All(exchanging, line => Assert.False(line.Contains(state, StringComparison.Ordinal) || line.Contains(code, StringComparison.Ordinal)));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Terminal_shows_no_secret_when_the_browser_was_opened()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        await using var desktop = Desktop.Create();
        await using var sample = desktop.Run(binance);
        using (var opened = await desktop.OpenedAsync())
        {
            await Visit.FollowAsync(opened.Address.AbsoluteUri);
        }

        Assert.Equal(0, await sample.EndAsync());
        var request = binance.Requests.To(EmulatorEndpoint.Authorize).Single().Query;
        var exchange = binance.Requests.To(EmulatorEndpoint.Token).Single().Form;
        string[] secrets = [request["state"]!, exchange["code"]!, exchange["code_verifier"]!, .. binance.Tokens.AccessTokens.Concat(binance.Tokens.RefreshTokens).Select(token => token.Value)];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, sample.Text, StringComparison.Ordinal));
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
            // It has ended.
            return "";
        }
    }
}
