using System.Net;
using System.Net.Sockets;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native;

/// <summary>
/// A failed sign-in of the console sample: the exit code, the message, and the closed port.
/// </summary>
public sealed class NativeEndingTests(Browser browser)
{
    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Cancel_on_the_consent_page_is_shown_on_the_last_page_and_in_the_terminal()
    {
        await using var context = await browser.OpenAsync();
        await using var desktop = await Desktop.StartAsync();
        await using var sample = desktop.Run();
        var page = await context.NewPageAsync();

        await page.OpenAsync(desktop);
        await page.CancelAsync();
        await page.AssertShowsAsync(LastPage.Cancelled);

        Assert.Equal(1, await sample.EndAsync());
        Assert.Equal("You cancelled the sign-in. Start again to sign in.", sample.Errors);
        Assert.Empty(new Uri(page.Url).Query);
        Assert.Empty(desktop.Binance.Tokens.AccessTokens);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Ctrl_C_after_the_window_was_closed_ends_the_sign_in_and_closes_the_port()
    {
        await using var context = await browser.OpenAsync();
        await using var desktop = await Desktop.StartAsync();
        await using var sample = desktop.Run();
        var page = await context.NewPageAsync();
        var redirectUri = await page.OpenAsync(desktop);
        await page.CloseAsync();
        Assert.True(LastPage.IsOpen(redirectUri));

        await sample.InterruptAsync();

        Assert.Equal(130, await sample.EndAsync());
        Assert.Equal("Cancelled.", sample.Errors);
        Assert.False(LastPage.IsOpen(redirectUri));
        Assert.Empty(desktop.Binance.Tokens.AccessTokens);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Closed_window_is_an_abandoned_sign_in_and_the_port_is_closed()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var page = await context.NewPageAsync();
        var chromium = new PageBrowser(page);
        await using var login = chromium.LoginAt(binance);
        var signIn = login.SignInAsync(TestContext.Current.CancellationToken);
        await chromium.WaitUntilOpenedAsync();
        await page.AssertShowsConsentAsync();
        await page.CloseAsync();

        binance.Clock.Advance(new BinanceLoginOptions().SignInTimeout);

        var exception = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => signIn);
        Assert.Equal(BinanceFailure.Abandoned, exception.Failure);
        Assert.False(LastPage.IsOpen(chromium.RedirectUri));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Outage_of_Binance_is_shown_on_the_last_page_and_in_the_terminal()
    {
        await using var context = await browser.OpenAsync();
        await using var desktop = await Desktop.StartAsync(autoApprove: true);
        await using var sample = desktop.Run();
        var page = await context.NewPageAsync();
        desktop.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        using (var opened = await desktop.OpenedAsync())
        {
            await page.GotoAsync(opened.Address.AbsoluteUri);
        }

        await page.AssertShowsAsync(LastPage.Unavailable);
        Assert.Equal(1, await sample.EndAsync());
        Assert.Equal("Binance cannot be reached at the moment. Start again later.", sample.Errors);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Outage_at_the_second_start_does_not_end_the_session()
    {
        await using var desktop = await Desktop.StartAsync(autoApprove: true);
        await desktop.SignInAsync();
        desktop.Binance.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.CutConnection);

        await using var sample = desktop.Run();

        Assert.Equal(1, await sample.EndAsync());
        Assert.StartsWith("Still signed in.", sample.Text, StringComparison.Ordinal);
        Assert.StartsWith("Binance cannot be reached at the moment.", sample.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(desktop.SessionFile));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task File_of_another_program_is_named_and_not_changed()
    {
        await using var desktop = await Desktop.StartAsync();
        await File.WriteAllTextAsync(desktop.SessionFile, "a shopping list", TestContext.Current.CancellationToken);

        await using var sample = desktop.Run();

        Assert.Equal(1, await sample.EndAsync());
        Assert.Contains(desktop.SessionFile, sample.Errors, StringComparison.Ordinal);
        Assert.Equal("a shopping list", await File.ReadAllTextAsync(desktop.SessionFile, TestContext.Current.CancellationToken));
        Assert.False(desktop.HasOpened);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Used_port_of_the_redirect_uri_is_reported()
    {
        await using var desktop = await Desktop.StartAsync();
        using var another = new TcpListener(IPAddress.Loopback, 0);
        another.Start();

        await using var sample = desktop.Run("--redirect-uri", $"http://{another.LocalEndpoint}/signin-binance");

        Assert.Equal(1, await sample.EndAsync());
        Assert.Contains("--redirect-uri", sample.Errors, StringComparison.Ordinal);
        Assert.False(desktop.HasOpened);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Used_port_of_the_emulator_is_reported_with_the_option_for_another()
    {
        await using var desktop = await Desktop.StartAsync();
        using var another = new TcpListener(IPAddress.Loopback, 0);
        another.Start();
        var port = ((IPEndPoint)another.LocalEndpoint).Port;

        await using var sample = desktop.RunWith("--session", desktop.SessionFile, "--emulator-port", $"{port}");

        Assert.Equal(1, await sample.EndAsync());
        Assert.Contains($"port {port}", sample.Errors, StringComparison.Ordinal);
        Assert.Contains("--emulator-port", sample.Errors, StringComparison.Ordinal);
    }
}
