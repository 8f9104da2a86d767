using System.Net;
using System.Net.Sockets;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native;

/// <summary>
/// The session of the console sample, from one start to the next.
/// </summary>
public sealed class NativeSessionTests(Browser browser)
{
    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Second_start_is_still_signed_in_and_opens_no_browser()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        await using var desktop = Desktop.Create();
        await desktop.SignInAsync(binance);
        binance.Requests.Clear();

        await using var sample = desktop.Run(binance);

        Assert.Equal(0, await sample.EndAsync());
        Assert.StartsWith("Still signed in.", sample.Text, StringComparison.Ordinal);
        Assert.Contains(binance.Users.First().UserId, sample.Text, StringComparison.Ordinal);
        Assert.False(desktop.HasOpened);
        Assert.Equal(EmulatorEndpoint.UserInfo, Assert.Single(binance.Requests).Endpoint);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Sign_out_revokes_the_token_and_the_next_start_asks_again()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        await using var desktop = Desktop.Create();
        await desktop.SignInAsync(binance);
        Assert.Single(binance.Tokens.AccessTokens);

        await using (var signOut = desktop.Run(binance, "sign-out"))
        {
            Assert.Equal(0, await signOut.EndAsync());
            Assert.Contains("Binance confirmed", signOut.Text, StringComparison.Ordinal);
            Assert.Empty(binance.Tokens.AccessTokens);
            Assert.False(File.Exists(desktop.SessionFile));
        }

        await desktop.SignInAsync(binance);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Sign_out_says_that_a_revocation_was_not_confirmed()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        await using var desktop = Desktop.Create();
        await desktop.SignInAsync(binance);
        binance.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Status(503));

        await using var signOut = desktop.Run(binance, "sign-out");

        Assert.Equal(1, await signOut.EndAsync());
        Assert.Contains("did not confirm", signOut.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(desktop.SessionFile));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Sign_out_of_nobody_is_no_failure()
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var desktop = Desktop.Create();

        await using var signOut = desktop.Run(binance, "sign-out");

        Assert.Equal(0, await signOut.EndAsync());
        Assert.Equal("Nobody is signed in.", signOut.Text);
        Assert.Empty(binance.Requests);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Without_a_client_id_it_signs_in_at_an_emulator_of_its_own_which_knows_the_session_after_a_restart()
    {
        await using var context = await browser.OpenAsync();
        await using var desktop = Desktop.Create();
        string[] arguments = ["--session", desktop.SessionFile, "--emulator-port", $"{FreePort()}"];
        var page = await context.NewPageAsync();

        await using (var first = desktop.Run(arguments))
        {
            await page.OpenAsync(desktop);
            Assert.Contains(page.Origin(), first.Text, StringComparison.Ordinal);
            await Assertions.Expect(page.GetByText("Sample console program").First).ToBeVisibleAsync();
            await page.AuthorizeAsync();
            await page.ShowsAsync(LastPage.SignedIn);
            Assert.Equal(0, await first.EndAsync());
        }

        await using (var second = desktop.Run(arguments))
        {
            Assert.Equal(0, await second.EndAsync());
            Assert.StartsWith("Still signed in.", second.Text, StringComparison.Ordinal);
            Assert.Contains($"API call      Binance's user-info says {BinanceEmulatorDefaults.UserId}", second.Text, StringComparison.Ordinal);
        }

        await using (var signOut = desktop.Run([.. arguments, "sign-out"]))
        {
            Assert.Equal(0, await signOut.EndAsync());
            Assert.Contains("Binance confirmed", signOut.Text, StringComparison.Ordinal);
        }

        Assert.False(desktop.HasOpened);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Session_that_was_revoked_elsewhere_ends_in_a_sentence()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        await using var desktop = Desktop.Create();
        await desktop.SignInAsync(binance);
        binance.Tokens.RevokeAll();

        await using var sample = desktop.Run(binance);

        Assert.Equal(1, await sample.EndAsync());
        Assert.Contains("does not accept the access token any more", sample.Errors, StringComparison.Ordinal);
    }

    // The emulator's address is a part of the session, so that each start needs the same port.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
