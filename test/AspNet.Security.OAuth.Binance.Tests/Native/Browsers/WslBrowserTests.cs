using AspNet.Security.OAuth.Binance.Tests.Native.Browsers.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Browsers;

/// <summary>
/// Opens the browser of Windows from WSL.
/// </summary>
public sealed class WslBrowserTests
{
    [Fact]
    public async Task WSL_opens_the_browser_of_Windows()
    {
        using var desktop = new Desktop(Desktop.Wsl, Desktop.Display).With("rundll32.exe").With("wslview").With("xdg-open");

        Assert.Equal(Desktop.Opened, await desktop.OpenAsync());

        Assert.Equal(["url.dll,FileProtocolHandler", Desktop.Url], desktop.ArgumentsOf("rundll32.exe"));
        Assert.False(desktop.HasStarted("wslview"));
        Assert.False(desktop.HasStarted("xdg-open"));
    }

    [Fact]
    public async Task WSL_without_the_programs_of_Windows_on_the_PATH_opens_the_browser_by_wslview()
    {
        using var desktop = new Desktop(Desktop.Wsl).With("wslview").With("xdg-open");

        Assert.Equal(Desktop.Opened, await desktop.OpenAsync());

        Assert.Equal([Desktop.Url], desktop.ArgumentsOf("wslview"));
        Assert.False(desktop.HasStarted("xdg-open"));
    }

    [Fact]
    public async Task WSL_opens_the_browser_by_wslview_if_the_program_of_Windows_fails()
    {
        using var desktop = new Desktop(Desktop.Wsl).With("rundll32.exe", "exit 126").With("wslview");

        Assert.Equal(Desktop.Opened, await desktop.OpenAsync());

        Assert.Equal([Desktop.Url], desktop.ArgumentsOf("wslview"));
    }

    // wslview may return the exit code of explorer.exe, which is 1 after it has opened the address.
    [Fact]
    public async Task Exit_code_1_of_wslview_is_ignored()
    {
        using var desktop = new Desktop(Desktop.Wsl).With("wslview", "exit 1");

        Assert.Equal(Desktop.Opened, await desktop.OpenAsync());
    }

    [Fact]
    public async Task WSL_with_a_display_opens_its_own_browser_if_that_of_Windows_cannot_be_opened()
    {
        using var desktop = new Desktop(Desktop.Wsl, Desktop.Display).With("wslview", "exit 34").With("xdg-open");

        Assert.Equal(Desktop.Opened, await desktop.OpenAsync());

        Assert.Equal([Desktop.Url], desktop.ArgumentsOf("xdg-open"));
    }

    [Fact]
    public async Task WSL_that_can_open_nothing_has_no_browser()
    {
        using var desktop = new Desktop(Desktop.Wsl).With("rundll32.exe", "exit 126").With("wslview", "exit 34").With("xdg-open");

        await desktop.AssertUnavailableAsync("'wslview' ended with exit code 34");
    }

    [Fact]
    public async Task Program_of_Windows_is_not_used_outside_of_WSL()
    {
        using var desktop = new Desktop(Desktop.Display).With("rundll32.exe").With("wslview").With("xdg-open");

        Assert.Equal(Desktop.Opened, await desktop.OpenAsync());

        Assert.False(desktop.HasStarted("rundll32.exe"));
        Assert.False(desktop.HasStarted("wslview"));
    }
}
