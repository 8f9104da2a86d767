using System.Diagnostics;
using AspNet.Security.OAuth.Binance.Tests.Native.Browsers.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Browsers;

/// <summary>
/// The program that opens the browser: its exit code, its input and output, and its lifetime.
/// </summary>
public sealed class BrowserProgramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Program_that_fails_has_opened_no_browser(int exitCode)
    {
        using var desktop = new Desktop(Desktop.Display).With("xdg-open", $"exit {exitCode}");

        await desktop.AssertUnavailableAsync($"'xdg-open' ended with exit code {exitCode}");
    }

    [Fact]
    public async Task Output_of_the_program_does_not_reach_the_terminal_and_does_not_stop_it()
    {
        using var desktop = new Desktop(Desktop.Display).With(
            "xdg-open",
            """
            text=0123456789abcdef
            for i in 1 2 3 4 5 6 7 8 9 10 11 12; do text=$text$text; done
            for i in 1 2 3 4 5 6 7 8; do echo "$text"; echo "$text" >&2; done
            """);

        await using var opening = await desktop.StartOpeningAsync();

        Assert.Equal(Desktop.Opened, await opening.ReadResultAsync());
        Assert.Equal("", await opening.EndAsync());
    }

    [Fact]
    public async Task Program_does_not_read_the_input_of_the_application()
    {
        using var desktop = new Desktop(Desktop.Display);
        desktop.With("xdg-open", $"read line; echo \"input: $line\" > '{desktop.Note("input")}'");

        Assert.Equal(Desktop.Opened, await desktop.OpenAsync());

        Assert.Equal("input: \n", await File.ReadAllTextAsync(desktop.Note("input"), TestContext.Current.CancellationToken));
    }

    // Some programs wait for the browser.
    [Fact]
    public async Task Program_that_keeps_running_counts_as_opened_and_is_not_ended()
    {
        using var desktop = new Desktop(Desktop.Display).With("xdg-open", "exec /bin/sleep 600");
        var opening = desktop.OpenAsync();
        using var running = Process.GetProcessById(await desktop.ProcessIdOfAsync("xdg-open"));
        try
        {
            Assert.Equal(Desktop.Opened, await opening);

            Assert.False(running.HasExited);
        }
        finally
        {
            running.Kill();
        }
    }

    // The program may be the user's browser with all its windows.
    [Fact]
    public async Task Program_that_writes_after_the_application_has_ended_keeps_running()
    {
        using var desktop = new Desktop(Desktop.Display);
        desktop.With("xdg-open", $"while [ ! -e '{desktop.Note("ended")}' ]; do /bin/sleep 0.05; done; echo output; echo error >&2; : > '{desktop.Note("written")}'; exec /bin/sleep 600");
        await using var opening = await desktop.StartOpeningAsync();
        using var running = Process.GetProcessById(await desktop.ProcessIdOfAsync("xdg-open"));
        try
        {
            await opening.KillAsync();
            await File.WriteAllTextAsync(desktop.Note("ended"), "", TestContext.Current.CancellationToken);

            while (!File.Exists(desktop.Note("written")))
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                Assert.False(running.HasExited);
                await Task.Yield();
            }
        }
        finally
        {
            running.Kill();
        }
    }

    [Fact]
    public async Task Cancelled_sign_in_does_not_end_the_program()
    {
        using var desktop = new Desktop(Desktop.Display).With("xdg-open", "exec /bin/sleep 600");
        await using var opening = await desktop.StartOpeningAsync();
        using var running = Process.GetProcessById(await desktop.ProcessIdOfAsync("xdg-open"));
        try
        {
            await opening.CancelAsync();

            Assert.Equal("cancelled", await opening.ReadResultAsync());
            Assert.False(running.HasExited);
        }
        finally
        {
            running.Kill();
        }
    }
}
