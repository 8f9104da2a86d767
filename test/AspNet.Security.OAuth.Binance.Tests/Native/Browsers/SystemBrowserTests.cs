using System.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Browsers;

/// <summary>
/// Opens the browser of a Linux desktop, of WSL, and of machines that have none.
/// </summary>
public sealed class SystemBrowserTests
{
    private const string Url = "http://127.0.0.1:50000/start/the-one-time-path";
    private const string Opened = "opened, nothing returned";

    private static readonly (string, string) _display = ("DISPLAY", ":0");
    private static readonly (string, string) _wsl = ("WSL_DISTRO_NAME", "Ubuntu");
    private static readonly (string, string) _ssh = ("SSH_CONNECTION", "192.0.2.1 50001 192.0.2.2 22");

    [Theory]
    [InlineData("DISPLAY")]
    [InlineData("WAYLAND_DISPLAY")]
    public async Task Desktop_opens_the_launch_address_and_nothing_else(string display)
    {
        using var desktop = new Desktop((display, ":0")).With("xdg-open");

        Assert.Equal(Opened, await OpenAsync(desktop));

        Assert.Equal([Url], desktop.ArgumentsOf("xdg-open"));
    }

    [Fact]
    public async Task Https_address_is_opened()
    {
        using var desktop = new Desktop(_display).With("xdg-open");

        Assert.Equal(Opened, await OpenAsync(desktop, url: "https://accounts.example/oauth/authorize?a=%22%24%28x%29&b='c'"));

        Assert.Equal(["https://accounts.example/oauth/authorize?a=%22%24%28x%29&b='c'"], desktop.ArgumentsOf("xdg-open"));
    }

    // It would start a text browser in the application's terminal.
    [Fact]
    public async Task Machine_without_a_display_has_no_browser()
    {
        using var desktop = new Desktop().With("xdg-open");

        await AssertUnavailableAsync(desktop, "there is no display");

        Assert.False(desktop.HasStarted("xdg-open"));
    }

    [Theory]
    [InlineData("SSH_CONNECTION", "192.0.2.1 50001 192.0.2.2 22")]
    [InlineData("SSH_TTY", "/dev/pts/0")]
    public async Task SSH_session_has_no_browser(string variable, string value)
    {
        using var desktop = new Desktop((variable, value), _wsl).With("xdg-open").With("rundll32.exe");

        await AssertUnavailableAsync(desktop, "SSH session without a display");

        Assert.False(desktop.HasStarted("rundll32.exe"));
    }

    [Fact]
    public async Task SSH_session_with_a_forwarded_display_has_a_browser()
    {
        using var desktop = new Desktop(_ssh, ("DISPLAY", "localhost:10.0")).With("xdg-open");

        Assert.Equal(Opened, await OpenAsync(desktop));

        Assert.Equal([Url], desktop.ArgumentsOf("xdg-open"));
    }

    [Fact]
    public async Task Desktop_without_xdg_open_has_no_browser()
    {
        using var desktop = new Desktop(_display);

        await AssertUnavailableAsync(desktop, "such as xdg-open");
    }

    [Fact]
    public async Task Program_that_cannot_be_executed_is_none()
    {
        using var desktop = new Desktop(_display).With("xdg-open");
        Desktop.SetMode(Path.Combine(desktop.Programs, "xdg-open"), UnixFileMode.UserRead);

        await AssertUnavailableAsync(desktop, "such as xdg-open");
    }

    [Fact]
    public async Task Program_that_cannot_be_started_is_a_failure()
    {
        using var desktop = new Desktop(_display).With("xdg-open");
        await File.WriteAllTextAsync(Path.Combine(desktop.Programs, "xdg-open"), "#!/no/such/interpreter\n", TestContext.Current.CancellationToken);

        await AssertUnavailableAsync(desktop, "'xdg-open' could not be started");
    }

    // Anybody may have put it there: into a folder that was unpacked, or a repository that was cloned.
    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".:programs/..")]
    public async Task Program_in_the_current_directory_is_not_started(string path)
    {
        using var desktop = new Desktop(_display, ("PATH", path));
        desktop.With("xdg-open", folder: desktop.Folder);

        await AssertUnavailableAsync(desktop, "such as xdg-open");

        Assert.False(desktop.HasStarted("xdg-open"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Program_that_fails_has_opened_no_browser(int exitCode)
    {
        using var desktop = new Desktop(_display).With("xdg-open", $"exit {exitCode}");

        await AssertUnavailableAsync(desktop, $"'xdg-open' ended with exit code {exitCode}");
    }

    [Fact]
    public async Task Application_shows_the_address_where_there_is_no_browser_and_returns_what_is_pasted()
    {
        using var desktop = new Desktop();

        Assert.Equal("opened, http://127.0.0.1/pasted returned", await OpenAsync(desktop, without: "paste"));
        Assert.Equal(Opened, await OpenAsync(desktop, without: "wait"));
    }

    [Fact]
    public async Task Application_shows_the_address_where_the_browser_could_not_be_opened()
    {
        using var desktop = new Desktop(_display).With("xdg-open", "exit 3");

        Assert.Equal("opened, http://127.0.0.1/pasted returned", await OpenAsync(desktop, without: "paste"));
    }

    [Fact]
    public async Task Application_is_not_bothered_where_a_browser_was_opened()
    {
        using var desktop = new Desktop(_display).With("xdg-open");

        Assert.Equal(Opened, await OpenAsync(desktop, without: "paste"));
    }

    [Fact]
    public async Task Output_of_the_program_does_not_reach_the_terminal_and_does_not_stop_it()
    {
        using var desktop = new Desktop(_display).With(
            "xdg-open",
            """
            text=0123456789abcdef
            for i in 1 2 3 4 5 6 7 8 9 10 11 12; do text=$text$text; done
            for i in 1 2 3 4 5 6 7 8; do echo "$text"; echo "$text" >&2; done
            """);

        await using var opening = new OpeningProcess(desktop, Url);

        Assert.Equal(Opened, await opening.ReadResultAsync());
        Assert.Equal("", await opening.EndAsync());
    }

    [Fact]
    public async Task Program_does_not_read_the_input_of_the_application()
    {
        using var desktop = new Desktop(_display);
        desktop.With("xdg-open", $"read line; echo \"input: $line\" > '{desktop.Note("input")}'");

        Assert.Equal(Opened, await OpenAsync(desktop));

        Assert.Equal("input: \n", await File.ReadAllTextAsync(desktop.Note("input"), TestContext.Current.CancellationToken));
    }

    // Some wait for the browser.
    [Fact]
    public async Task Program_that_goes_on_counts_as_opened_and_goes_on()
    {
        using var desktop = new Desktop(_display).With("xdg-open", "exec /bin/sleep 600");
        var opening = OpenAsync(desktop);
        using var running = Process.GetProcessById(await desktop.ProcessIdOfAsync("xdg-open"));
        try
        {
            Assert.Equal(Opened, await opening);

            Assert.False(running.HasExited);
        }
        finally
        {
            running.Kill();
        }
    }

    // A browser that is started so is the user's own, with all its windows.
    [Fact]
    public async Task Program_that_writes_after_the_application_has_ended_goes_on()
    {
        using var desktop = new Desktop(_display);
        desktop.With("xdg-open", $"while [ ! -e '{desktop.Note("ended")}' ]; do /bin/sleep 0.05; done; echo output; echo error >&2; : > '{desktop.Note("written")}'; exec /bin/sleep 600");
        await using var opening = new OpeningProcess(desktop, Url);
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
    public async Task Sign_in_that_ends_meanwhile_does_not_end_the_program()
    {
        using var desktop = new Desktop(_display).With("xdg-open", "exec /bin/sleep 600");
        await using var opening = new OpeningProcess(desktop, Url);
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

    [Fact]
    public async Task WSL_opens_the_browser_of_Windows()
    {
        using var desktop = new Desktop(_wsl, _display).With("rundll32.exe").With("wslview").With("xdg-open");

        Assert.Equal(Opened, await OpenAsync(desktop));

        Assert.Equal(["url.dll,FileProtocolHandler", Url], desktop.ArgumentsOf("rundll32.exe"));
        Assert.False(desktop.HasStarted("wslview"));
        Assert.False(desktop.HasStarted("xdg-open"));
    }

    [Fact]
    public async Task WSL_without_the_programs_of_Windows_on_the_PATH_opens_the_browser_by_wslview()
    {
        using var desktop = new Desktop(_wsl).With("wslview").With("xdg-open");

        Assert.Equal(Opened, await OpenAsync(desktop));

        Assert.Equal([Url], desktop.ArgumentsOf("wslview"));
        Assert.False(desktop.HasStarted("xdg-open"));
    }

    [Fact]
    public async Task WSL_opens_the_browser_by_wslview_if_the_program_of_Windows_fails()
    {
        using var desktop = new Desktop(_wsl).With("rundll32.exe", "exit 126").With("wslview");

        Assert.Equal(Opened, await OpenAsync(desktop));

        Assert.Equal([Url], desktop.ArgumentsOf("wslview"));
    }

    // The exit code of explorer.exe, which wslview may return, is 1 when it has opened the address.
    [Fact]
    public async Task Exit_code_of_wslview_says_nothing_if_it_is_1()
    {
        using var desktop = new Desktop(_wsl).With("wslview", "exit 1");

        Assert.Equal(Opened, await OpenAsync(desktop));
    }

    [Fact]
    public async Task WSL_with_a_display_opens_its_own_browser_if_that_of_Windows_cannot_be_opened()
    {
        using var desktop = new Desktop(_wsl, _display).With("wslview", "exit 34").With("xdg-open");

        Assert.Equal(Opened, await OpenAsync(desktop));

        Assert.Equal([Url], desktop.ArgumentsOf("xdg-open"));
    }

    [Fact]
    public async Task WSL_that_can_open_nothing_has_no_browser()
    {
        using var desktop = new Desktop(_wsl).With("rundll32.exe", "exit 126").With("wslview", "exit 34").With("xdg-open");

        await AssertUnavailableAsync(desktop, "'wslview' ended with exit code 34");
    }

    [Fact]
    public async Task Program_of_Windows_means_nothing_outside_of_WSL()
    {
        using var desktop = new Desktop(_display).With("rundll32.exe").With("wslview").With("xdg-open");

        Assert.Equal(Opened, await OpenAsync(desktop));

        Assert.False(desktop.HasStarted("rundll32.exe"));
        Assert.False(desktop.HasStarted("wslview"));
    }

    private static async Task AssertUnavailableAsync(Desktop desktop, string reason)
    {
        var output = await OpenAsync(desktop);
        Assert.StartsWith("BrowserUnavailable: ", output, StringComparison.Ordinal);
        Assert.Contains(reason, output, StringComparison.Ordinal);
        Assert.Contains("SystemBrowser.WithoutBrowser", output, StringComparison.Ordinal);
        Assert.DoesNotContain("http", output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("the-one-time-path", output, StringComparison.Ordinal);
    }

    private static async Task<string?> OpenAsync(Desktop desktop, string url = Url, string without = "")
    {
        await using var opening = new OpeningProcess(desktop, url, without);
        return await opening.ReadResultAsync();
    }
}
