using AspNet.Security.OAuth.Binance.Tests.Native.Browsers.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Browsers;

/// <summary>
/// Opens the browser of a Linux desktop, and reports machines without one.
/// </summary>
public sealed class SystemBrowserTests
{
    [Theory]
    [InlineData("DISPLAY")]
    [InlineData("WAYLAND_DISPLAY")]
    public async Task Desktop_opens_the_launch_address_and_nothing_else(string display)
    {
        using var desktop = new Desktop((display, ":0")).With("xdg-open");

        Assert.Equal(Desktop.Opened, await desktop.OpenAsync());

        Assert.Equal([Desktop.Url], desktop.ArgumentsOf("xdg-open"));
    }

    [Fact]
    public async Task Https_address_is_opened()
    {
        using var desktop = new Desktop(Desktop.Display).With("xdg-open");

        Assert.Equal(Desktop.Opened, await desktop.OpenAsync(url: "https://accounts.example/oauth/authorize?a=%22%24%28x%29&b='c'"));

        Assert.Equal(["https://accounts.example/oauth/authorize?a=%22%24%28x%29&b='c'"], desktop.ArgumentsOf("xdg-open"));
    }

    // xdg-open would start a text browser in the application's terminal.
    [Fact]
    public async Task Machine_without_a_display_has_no_browser()
    {
        using var desktop = new Desktop().With("xdg-open");

        await desktop.AssertUnavailableAsync("there is no display");

        Assert.False(desktop.HasStarted("xdg-open"));
    }

    [Theory]
    [InlineData("SSH_CONNECTION", "192.0.2.1 50001 192.0.2.2 22")]
    [InlineData("SSH_TTY", "/dev/pts/0")]
    public async Task SSH_session_has_no_browser(string variable, string value)
    {
        using var desktop = new Desktop((variable, value), Desktop.Wsl).With("xdg-open").With("rundll32.exe");

        await desktop.AssertUnavailableAsync("SSH session without a display");

        Assert.False(desktop.HasStarted("rundll32.exe"));
    }

    [Fact]
    public async Task SSH_session_with_a_forwarded_display_has_a_browser()
    {
        using var desktop = new Desktop(Desktop.Ssh, ("DISPLAY", "localhost:10.0")).With("xdg-open");

        Assert.Equal(Desktop.Opened, await desktop.OpenAsync());

        Assert.Equal([Desktop.Url], desktop.ArgumentsOf("xdg-open"));
    }

    [Fact]
    public async Task Desktop_without_xdg_open_has_no_browser()
    {
        using var desktop = new Desktop(Desktop.Display);

        await desktop.AssertUnavailableAsync("such as xdg-open");
    }

    [Fact]
    public async Task Program_that_is_not_executable_is_not_used()
    {
        using var desktop = new Desktop(Desktop.Display).With("xdg-open");
        Desktop.SetMode(Path.Combine(desktop.Programs, "xdg-open"), UnixFileMode.UserRead);

        await desktop.AssertUnavailableAsync("such as xdg-open");
    }

    [Fact]
    public async Task Program_that_cannot_be_started_is_a_failure()
    {
        using var desktop = new Desktop(Desktop.Display).With("xdg-open");
        await File.WriteAllTextAsync(Path.Combine(desktop.Programs, "xdg-open"), "#!/no/such/interpreter\n", TestContext.Current.CancellationToken);

        await desktop.AssertUnavailableAsync("'xdg-open' could not be started");
    }

    // CWE-427: the folder may be an unpacked archive or a cloned repository.
    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".:programs/..")]
    public async Task Program_in_the_current_directory_is_not_started(string path)
    {
        using var desktop = new Desktop(Desktop.Display, ("PATH", path));
        desktop.With("xdg-open", folder: desktop.Folder);

        await desktop.AssertUnavailableAsync("such as xdg-open");

        Assert.False(desktop.HasStarted("xdg-open"));
    }

    [Fact]
    public async Task Application_shows_the_address_where_there_is_no_browser_and_returns_the_pasted_callback()
    {
        using var desktop = new Desktop();

        Assert.Equal("opened, http://127.0.0.1/pasted returned", await desktop.OpenAsync(without: "paste"));
        Assert.Equal(Desktop.Opened, await desktop.OpenAsync(without: "wait"));
    }

    [Fact]
    public async Task Application_shows_the_address_where_the_browser_could_not_be_opened()
    {
        using var desktop = new Desktop(Desktop.Display).With("xdg-open", "exit 3");

        Assert.Equal("opened, http://127.0.0.1/pasted returned", await desktop.OpenAsync(without: "paste"));
    }

    [Fact]
    public async Task Application_does_not_show_the_address_where_a_browser_was_opened()
    {
        using var desktop = new Desktop(Desktop.Display).With("xdg-open");

        Assert.Equal(Desktop.Opened, await desktop.OpenAsync(without: "paste"));
    }
}
