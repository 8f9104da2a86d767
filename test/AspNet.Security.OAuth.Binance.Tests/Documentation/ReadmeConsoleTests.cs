using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The console program of the client's readme, as a reader pastes it: compiled without ASP.NET Core, started as a process of its own, and
/// used with a browser at the emulator.
/// </summary>
public sealed class ReadmeConsoleTests
{
    // The command of the readme.
    private const string RedirectUri = "http://localhost:5299/signin-binance";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pasted_address_signs_in_refreshes_and_revokes()
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Token);
        await using var program = await StartAsync(binance);

        var callback = await BrowseAsync(await program.ReadAuthorizeUrlAsync(), "emulator_user", BinanceEmulatorDefaults.UserId);
        var ended = await program.PasteAsync(callback);

        Assert.Equal(new(0, $"Signed in as {BinanceEmulatorDefaults.UserId}.{Environment.NewLine}Signed out.{Environment.NewLine}", ""), ended);
        Assert.Equal(["authorization_code", "refresh_token"], binance.Requests.To(EmulatorEndpoint.Token).Select(request => request.GrantType));
        Assert.NotNull(binance.Requests.To(EmulatorEndpoint.Token)[0].Form["code_verifier"]);
        Assert.Equal(1, binance.Requests.Count(EmulatorEndpoint.UserInfo));
        Assert.Equal(1, binance.Requests.Count(EmulatorEndpoint.Revoke));
        Assert.Empty(binance.Tokens.AccessTokens);
    }

    [Fact]
    public async Task A_cancelled_sign_in_prints_a_sentence_and_has_another_exit_code()
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Token);
        await using var program = await StartAsync(binance);

        var callback = await BrowseAsync(await program.ReadAuthorizeUrlAsync(), "emulator_decision", "deny");
        var ended = await program.PasteAsync(callback);

        Assert.Equal(new(1, "", "The sign-in was cancelled." + Environment.NewLine), ended);
        Assert.Equal(0, binance.Requests.Count(EmulatorEndpoint.Token));
    }

    [Fact]
    public async Task Address_of_another_sign_in_is_refused_before_any_request()
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Token);
        await using var program = await StartAsync(binance);
        var authorize = await program.ReadAuthorizeUrlAsync();

        var state = QueryHelpers.ParseQuery(authorize.Query)["state"].ToString();
        var callback = await BrowseAsync(authorize, "emulator_user", BinanceEmulatorDefaults.UserId);
        var ended = await program.PasteAsync(callback.Replace(state, "of-another-sign-in", StringComparison.Ordinal));

        Assert.Equal(new(1, "", "The callback was not accepted: its state is not the one of this sign-in." + Environment.NewLine), ended);
        Assert.Equal(0, binance.Requests.Count(EmulatorEndpoint.Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("what is an address?")]
    [InlineData("http://")]
    public async Task Other_pasted_text_is_refused_with_a_message(string line)
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Token);
        await using var program = await StartAsync(binance);
        await program.ReadAuthorizeUrlAsync();

        var ended = await program.PasteAsync(line);

        Assert.Equal(new(1, "", "This is not an address." + Environment.NewLine), ended);
    }

    [Fact]
    public async Task A_server_that_is_down_prints_a_sentence()
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Token);
        binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        await using var program = await StartAsync(binance);

        var callback = await BrowseAsync(await program.ReadAuthorizeUrlAsync(), "emulator_user", BinanceEmulatorDefaults.UserId);
        var ended = await program.PasteAsync(callback);

        Assert.Equal(new(1, "", "Binance cannot be reached. Please try again in a few minutes." + Environment.NewLine), ended);
    }

    [Fact]
    public async Task Without_arguments_the_program_prints_the_required_ones()
    {
        await using var program = await ReadmeConsole.StartAsync(ReadmeProgram.Console, []);

        var ended = await program.EndAsync();

        Assert.Equal(new(2, "", "Arguments: client-id redirect-uri [address of an emulator]" + Environment.NewLine), ended);
    }

    [Fact]
    public void Command_of_the_readme_is_the_one_that_is_tested()
        => Assert.Contains(
            $"dotnet run --project ../my-tool -- {BinanceEmulatorDefaults.PublicClientId} {RedirectUri} http://localhost:5210\n",
            Repository.Read(ReadmeProgram.Console.Readme),
            StringComparison.Ordinal);

    private static Task<ReadmeConsole> StartAsync(BinanceEmulator binance)
        => ReadmeConsole.StartAsync(ReadmeProgram.Console, [BinanceEmulatorDefaults.PublicClientId, RedirectUri, binance.BaseAddress.AbsoluteUri]);

    /// <returns>Where the browser ends: nothing listens there.</returns>
    private static async Task<string> BrowseAsync(Uri authorize, string parameter, string value)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var response = await browser.GetAsync(QueryHelpers.AddQueryString(authorize.AbsoluteUri, parameter, value), Token);
        var callback = response.Headers.Location!.AbsoluteUri;
        Assert.StartsWith(RedirectUri + "?", callback, StringComparison.Ordinal);
        return callback;
    }
}
