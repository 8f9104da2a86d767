using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native;

/// <summary>
/// The session of the console sample across its starts.
/// </summary>
public sealed class NativeSessionTests(Browser browser)
{
    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Second_start_is_still_signed_in_and_opens_no_browser()
    {
        await using var desktop = await Desktop.StartAsync(autoApprove: true);
        await desktop.SignInAsync();
        desktop.Binance.Requests.Clear();

        await using var sample = desktop.Run();

        Assert.Equal(0, await sample.EndAsync());
        Assert.StartsWith("Still signed in.", sample.Text, StringComparison.Ordinal);
        Assert.Contains(desktop.Binance.Users.First().UserId, sample.Text, StringComparison.Ordinal);
        Assert.False(desktop.HasOpened);
        Assert.Equal(EmulatorEndpoint.UserInfo, Assert.Single(desktop.Binance.Requests).Endpoint);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Sign_out_revokes_the_token_and_the_next_start_signs_in_again()
    {
        await using var desktop = await Desktop.StartAsync(autoApprove: true);
        await desktop.SignInAsync();
        Assert.Single(desktop.Binance.Tokens.AccessTokens);

        await using (var signOut = desktop.Run("sign-out"))
        {
            Assert.Equal(0, await signOut.EndAsync());
            Assert.Contains("Binance confirmed", signOut.Text, StringComparison.Ordinal);
            Assert.Empty(desktop.Binance.Tokens.AccessTokens);
            Assert.False(File.Exists(desktop.SessionFile));
        }

        await desktop.SignInAsync();
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Unconfirmed_revocation_is_reported_by_the_sign_out()
    {
        await using var desktop = await Desktop.StartAsync(autoApprove: true);
        await desktop.SignInAsync();
        desktop.Binance.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Status(503));

        await using var signOut = desktop.Run("sign-out");

        Assert.Equal(1, await signOut.EndAsync());
        Assert.Contains("did not confirm", signOut.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(desktop.SessionFile));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Sign_out_without_a_session_succeeds()
    {
        await using var desktop = await Desktop.StartAsync();

        await using var signOut = desktop.Run("sign-out");

        Assert.Equal(0, await signOut.EndAsync());
        Assert.Equal("You are not signed in.", signOut.Text);
        Assert.Empty(desktop.Binance.Requests);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Without_a_client_id_it_signs_in_at_its_own_emulator_whose_tokens_survive_a_restart()
    {
        await using var context = await browser.OpenAsync();
        await using var desktop = await Desktop.StartAsync();

        // The session is bound to the emulator's address, so each start needs the same port.
        string[] arguments = ["--session", desktop.SessionFile, "--emulator-port", $"{LoopbackPort.Free()}"];
        var page = await context.NewPageAsync();

        await using (var first = desktop.RunWith(arguments))
        {
            await page.OpenAsync(desktop);
            Assert.Contains(page.Origin(), first.Text, StringComparison.Ordinal);
            await Assertions.Expect(page.GetByText("Sample console program").First).ToBeVisibleAsync();
            await page.AuthorizeAsync();
            await page.AssertShowsAsync(LastPage.SignedIn);
            Assert.Equal(0, await first.EndAsync());
        }

        await using (var second = desktop.RunWith(arguments))
        {
            Assert.Equal(0, await second.EndAsync());
            Assert.StartsWith("Still signed in.", second.Text, StringComparison.Ordinal);
            Assert.Contains($"API call      Binance's user-info returned {BinanceEmulatorDefaults.UserId}", second.Text, StringComparison.Ordinal);
        }

        await using (var signOut = desktop.RunWith([.. arguments, "sign-out"]))
        {
            Assert.Equal(0, await signOut.EndAsync());
            Assert.Contains("Binance confirmed", signOut.Text, StringComparison.Ordinal);
        }

        Assert.False(desktop.HasOpened);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Revoked_session_is_reported()
    {
        await using var desktop = await Desktop.StartAsync(autoApprove: true);
        await desktop.SignInAsync();
        desktop.Binance.Tokens.RevokeAll();

        await using var sample = desktop.Run();

        Assert.Equal(1, await sample.EndAsync());
        Assert.Contains("does not accept the access token any more", sample.Errors, StringComparison.Ordinal);
    }
}
