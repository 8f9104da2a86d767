using System.Net.Sockets;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Loopback.Support;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Loopback;

/// <summary>
/// The last page waits for the end of the sign-in, and is shown once, to a navigation.
/// </summary>
public sealed class LastPageDeliveryTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_waits_until_the_sign_in_has_ended()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        using var exchange = signIn.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var last = signIn.LastPath(await signIn.GetAsync((await signIn.AuthorizeAsync()).PathAndQuery));
        using var browser = await signIn.OpenAsync(last);
        await exchange.WaitForCallsAsync(1, Stop);
        Assert.Equal(0, browser.Available);

        exchange.Release();

        Assert.Contains("You are signed in", await LoopbackSignIn.ReadToEndAsync(browser), StringComparison.Ordinal);
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Page_is_shown_once()
    {
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.TimeProvider = new FakeTimeProvider());
        var last = signIn.LastPath(await signIn.GetAsync((await signIn.AuthorizeAsync()).PathAndQuery));

        // The connection stays open, so that the port is still open for the second request.
        using var browser = await signIn.OpenAsync(last);
        await LoopbackSignIn.ReadToEndAsync(browser);
        var again = await signIn.GetAsync(last);

        Assert.Equal(404, again?.Status);
        browser.Close();
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Page_that_is_reloaded_is_shown_to_the_later_request()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        using var exchange = signIn.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var last = signIn.LastPath(await signIn.GetAsync((await signIn.AuthorizeAsync()).PathAndQuery));
        using var first = await signIn.OpenAsync(last);
        using var second = await ReloadAsync(signIn, first, last);

        exchange.Release();

        Assert.Contains("You are signed in", await LoopbackSignIn.ReadToEndAsync(second), StringComparison.Ordinal);
        second.Close();
        await signIn.SucceedsAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Page_is_shown_to_a_browser_that_reconnects(bool reloaded)
    {
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.TimeProvider = new FakeTimeProvider());
        using var exchange = signIn.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var last = signIn.LastPath(await signIn.GetAsync((await signIn.AuthorizeAsync()).PathAndQuery));
        using var first = await signIn.OpenAsync(last);
        using var second = reloaded ? await ReloadAsync(signIn, first, last) : null;
        (second ?? first).Close();

        exchange.Release();

        await signIn.SessionStoredAsync();
        Assert.Equal(200, (await signIn.GetAsync(last))?.Status);
        await signIn.SucceedsAsync();
    }

    [Theory]
    [InlineData("Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n", 404)]
    [InlineData("Sec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n", 404)]
    [InlineData("Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n", 404)]
    [InlineData("Sec-Fetch-Mode: no-cors\r\n", 404)]
    [InlineData("Sec-Fetch-Dest: image\r\n", 404)]
    [InlineData("Sec-Purpose: prefetch\r\n", 503)]
    public async Task Page_is_not_shown_to_a_subresource_a_frame_or_a_prefetch(string headers, int status)
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        using var exchange = signIn.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var last = signIn.LastPath(await signIn.GetAsync((await signIn.AuthorizeAsync()).PathAndQuery));

        Assert.Equal(status, (await signIn.GetAsync(last, headers))?.Status);

        exchange.Release();
        var page = await signIn.GetAsync(last, "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Site: cross-site\r\n");
        Assert.Contains("You are signed in", page!.Body, StringComparison.Ordinal);
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Page_is_at_no_address_before_the_callback()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();

        Assert.Equal(404, (await signIn.GetAsync(LoopbackSignIn.Path + "/done"))?.Status);
    }

    [Fact]
    public async Task Sign_in_whose_browser_does_not_request_the_page_ends_after_5_seconds()
    {
        var time = new TimerTime();
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.TimeProvider = time);
        await signIn.GetAsync((await signIn.AuthorizeAsync("emulator_decision=deny")).PathAndQuery);

        // The timeouts of the callback's head and of the page.
        await time.WaitForTimersAsync(_limit, 2);
        time.Advance(_limit - TimeSpan.FromMilliseconds(1));
        Assert.Equal(404, (await signIn.GetAsync("/"))?.Status);
        Assert.False(signIn.Session.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        await signIn.FailsAsync(BinanceFailure.Cancelled);
    }

    // A browser that received the page and keeps the connection open, such as a suspended one.
    [Fact]
    public async Task Sign_in_whose_browser_does_not_close_the_connection_ends_after_a_second()
    {
        var time = new TimerTime();
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.TimeProvider = time);
        using var callback = await signIn.OpenAsync((await signIn.AuthorizeAsync()).PathAndQuery);
        Assert.StartsWith("HTTP/1.1 303 ", await LoopbackSignIn.ReadToEndAsync(callback), StringComparison.Ordinal);
        using var browser = await signIn.OpenAsync(LoopbackSignIn.Path + "/done");
        Assert.Contains("You are signed in", await LoopbackSignIn.ReadToEndAsync(browser), StringComparison.Ordinal);

        // After the redirect and after the page.
        await time.WaitForTimersAsync(TimeSpan.FromSeconds(1), 2);
        Assert.False(signIn.Session.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        await signIn.SucceedsAsync();
    }

    // The listener has handled the first request when it responds to the next one, and closes its connection when it gets the second.
    private static async Task<TcpClient> ReloadAsync(LoopbackSignIn signIn, TcpClient first, string last)
    {
        await signIn.GetAsync("/");
        var second = await signIn.OpenAsync(last);
        Assert.Equal("", await LoopbackSignIn.ReadToEndAsync(first));
        return second;
    }
}
