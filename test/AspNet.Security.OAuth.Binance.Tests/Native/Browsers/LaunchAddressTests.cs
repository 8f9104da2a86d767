
namespace AspNet.Security.OAuth.Binance.Tests.Native.Browsers;

/// <summary>
/// Addresses that <see cref="SystemBrowser"/> refuses.
/// </summary>
public sealed class LaunchAddressTests
{
    // Windows would execute them (ShellExecute).
    [Theory]
    [InlineData("file:///bin/sh")]
    [InlineData("/bin/sh")]
    [InlineData("C:\\Windows\\System32\\calc.exe")]
    [InlineData("\\\\attacker.example\\share\\program.exe")]
    [InlineData("http://attacker.example/")]
    [InlineData("http://127.0.0.1.attacker.example/")]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("ms-msdt:/id")]
    [InlineData("javascript:alert(1)")]
    [InlineData("com.example.app:/signin-binance")]
    public async Task Address_that_is_no_https_and_not_on_the_loopback_interface_is_not_opened(string address)
    {
        var isShown = false;
        var browser = new SystemBrowser
        {
            WithoutBrowser = (_, _) =>
            {
                isShown = true;
                return Task.FromResult<Uri?>(null);
            },
        };

        await Assert.ThrowsAsync<ArgumentException>(() => browser.OpenAsync(Request(address), TestContext.Current.CancellationToken));

        Assert.False(isShown);
    }

    [Fact]
    public async Task Sign_in_that_was_cancelled_opens_nothing()
        => await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new SystemBrowser().OpenAsync(Request("http://127.0.0.1:50000/start/x"), new CancellationToken(canceled: true)));

    [Fact]
    public async Task Request_is_required()
        => await Assert.ThrowsAsync<ArgumentNullException>("request", () => new SystemBrowser().OpenAsync(null!, TestContext.Current.CancellationToken));

    private static BinanceBrowserRequest Request(string address) => new()
    {
        Url = new("https://accounts.example/oauth/authorize"),
        LaunchUrl = new(address, UriKind.RelativeOrAbsolute),
        RedirectUri = new("http://127.0.0.1:50000/signin-binance"),
    };
}
