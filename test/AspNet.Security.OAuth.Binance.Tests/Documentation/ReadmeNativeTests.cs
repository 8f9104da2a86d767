using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The program of the readme for native applications, as a reader pastes it, on a machine without a display: the address is opened elsewhere.
/// </summary>
public sealed class ReadmeNativeTests
{
    private const string Prompt = "Paste the address at which the browser ends, or wait if it says that you are signed in:";

    private static readonly FinishedProcess _signedIn = new(0, $"Signed in as {BinanceEmulatorDefaults.UserId}.{Environment.NewLine}", "");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Browser_that_reaches_the_program_signs_in_and_the_next_start_signs_out()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, Token);
        var home = Directory.CreateTempSubdirectory("readme-native-");
        try
        {
            await using (var program = await StartAsync("sign-in", binance, home.FullName))
            {
                using var browser = new HttpClient();
                var page = await browser.GetStringAsync(await program.ReadAuthorizeUrlAsync(Prompt), Token);
                Assert.Contains("You are signed in", page, StringComparison.Ordinal);
                Assert.Equal(_signedIn, await program.EndAsync());
            }

            await using (var again = await StartAsync("sign-in", binance, home.FullName))
            {
                Assert.Equal(_signedIn, await again.EndAsync());
            }

            await using var last = await StartAsync("sign-out", binance, home.FullName);
            Assert.Equal(new(0, "Signed out." + Environment.NewLine, ""), await last.EndAsync());
            Assert.Empty(binance.Tokens.AccessTokens);
            Assert.Equal(1, binance.Requests.Count(EmulatorEndpoint.Authorize));
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Pasted_address_signs_in()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, Token);
        await using var program = await StartAsync("sign-in", binance);

        Assert.Equal(_signedIn, await program.PasteAsync(await BrowseAsync(await program.ReadAuthorizeUrlAsync(Prompt))));
    }

    [Fact]
    public async Task A_cancelled_sign_in_prints_a_sentence()
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Token);
        await using var program = await StartAsync("sign-in", binance);

        var url = await program.ReadAuthorizeUrlAsync(Prompt);
        var ended = await program.PasteAsync(await BrowseAsync(new Uri($"{url.AbsoluteUri}&emulator_decision=deny")));

        Assert.Equal(new(1, "", "The sign-in was cancelled." + Environment.NewLine), ended);
    }

    [Fact]
    public void Command_of_the_readme_is_the_one_that_is_tested()
        => Assert.Contains(
            $"dotnet run --project ../my-app -- sign-in {BinanceEmulatorDefaults.PublicClientId} http://localhost:5210\n",
            Repository.Read(ReadmeProgram.Native.Readme),
            StringComparison.Ordinal);

    [Fact]
    public async Task Without_arguments_the_program_prints_the_required_ones()
    {
        await using var program = await ReadmeConsole.StartAsync(ReadmeProgram.Native, []);

        Assert.Equal(new(2, "", "Arguments: sign-in|sign-out client-id [address of an emulator]" + Environment.NewLine), await program.EndAsync());
    }

    private static Task<ReadmeConsole> StartAsync(string command, BinanceEmulator binance, string? home = null)
        => ReadmeConsole.StartAsync(ReadmeProgram.Native, [command, BinanceEmulatorDefaults.PublicClientId, binance.BaseAddress.AbsoluteUri], home);

    /// <returns>Where a browser on another machine ends: nothing listens there.</returns>
    private static async Task<string> BrowseAsync(Uri authorize)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var response = await browser.GetAsync(authorize, Token);
        return response.Headers.Location!.AbsoluteUri;
    }
}
