using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Loopback;

/// <summary>
/// The page at which the browser ends.
/// </summary>
public sealed partial class LastPageTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_needs_no_other_file_and_is_kept_nowhere()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();

        var page = await signIn.FinishAsync();

        Assert.Equal((200, "text/html; charset=utf-8", "en"), (page?.Status, page?["Content-Type"], page?["Content-Language"]));
        Assert.Equal(("no-store", "no-referrer", "nosniff", "close"), (page!["Cache-Control"], page["Referrer-Policy"], page["X-Content-Type-Options"], page["Connection"]));
        var style = Style().Match(page.Body).Groups[1].Value;
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        Assert.Equal(
            $"default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", page["Content-Security-Policy"]);
        Assert.Contains("""<html lang="en">""", page.Body, StringComparison.Ordinal);
        Assert.Contains("""<link rel="icon" href="data:,">""", page.Body, StringComparison.Ordinal);
        Assert.Equal(1, page.Body.Split("href=").Length - 1);
        Assert.DoesNotContain("src=", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", page.Body, StringComparison.Ordinal);
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Page_says_that_the_user_is_signed_in_and_that_the_window_may_be_closed()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();

        var page = await signIn.FinishAsync();

        AssertSays(page, "You are signed in", "You can close this window.");
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Page_is_in_the_language_of_the_browser()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();

        var page = await signIn.FinishAsync(await signIn.AuthorizeAsync(), "Accept-Language: tr-TR,tr;q=0.9,en;q=0.8\r\n");

        Assert.Equal("tr", page?["Content-Language"]);
        Assert.Contains("""<html lang="tr">""", page!.Body, StringComparison.Ordinal);
        AssertSays(page, "Giriş yaptınız", "Bu pencereyi kapatabilirsiniz.");
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Language_is_the_one_of_the_two_that_the_browser_prefers()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();

        foreach (var (accepted, language) in ((string, string)[])
            [
                ("tr", "tr"),
                ("TR-tr", "tr"),
                ("de, tr;q=0.5, en;q=0.4", "tr"),
                ("en;q=0.4, tr;q=0.5", "tr"),
                ("tr;q=0.4, en;q=0.5", "en"),
                ("tr;q=0, en;q=0.1", "en"),
                ("tr;q=0", "en"),
                ("de", "en"),
                ("trv", "en"),
                ("*", "en"),
                ("", "en"),
                (",;q=,\u00FF;;", "en"),
                (",;q=,\u00FF;;, tr", "tr"),
            ])
        {
            var page = await signIn.GetAsync(LoopbackSignIn.Path, $"Accept-Language: {accepted}\r\n");
            Assert.Equal((accepted, language), (accepted, page?["Content-Language"]));
        }
    }

    [Fact]
    public async Task Page_is_the_same_over_several_headers_of_languages()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();

        Assert.Equal("tr", (await signIn.GetAsync(LoopbackSignIn.Path, "Accept-Language: de\r\nAccept-Language: tr\r\n"))?["Content-Language"]);
    }

    // Cancelled on Binance's page; Binance unavailable; Binance refused the code.
    [Theory]
    [InlineData("emulator_decision=deny", 0, BinanceFailure.Cancelled, "Sign-in cancelled")]
    [InlineData("emulator_user=" + BinanceEmulatorDefaults.UserId, 503, BinanceFailure.Unavailable, "Binance cannot be reached")]
    [InlineData("emulator_user=" + BinanceEmulatorDefaults.UserId, 400, BinanceFailure.TokenError, "The sign-in failed")]
    public async Task Page_says_how_the_sign_in_ended(string decision, int status, BinanceFailure failure, string heading)
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        if (status > 0)
        {
            signIn.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"error":"invalid_request"}""", status));
        }

        var page = await signIn.FinishAsync(await signIn.AuthorizeAsync(decision));

        AssertSays(page, heading, "You can close this window.");
        await signIn.FailsAsync(failure);
    }

    [Fact]
    public async Task Page_waits_until_the_sign_in_has_ended()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        using var exchange = signIn.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var last = signIn.LastPath(await signIn.GetAsync((await signIn.AuthorizeAsync()).PathAndQuery));
        using var browser = await RequestAsync(signIn, last);
        await exchange.WaitForCallsAsync(1, Stop);
        Assert.Equal(0, browser.Available);

        exchange.Release();

        Assert.Contains("You are signed in", await ReadToEndAsync(browser), StringComparison.Ordinal);
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Page_is_shown_once()
    {
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.TimeProvider = new FakeTimeProvider());
        var last = signIn.LastPath(await signIn.GetAsync((await signIn.AuthorizeAsync()).PathAndQuery));

        // A browser that keeps the connection open, so that the port is still open when it asks again.
        using var browser = await RequestAsync(signIn, last);
        await ReadToEndAsync(browser);
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
        using var first = await RequestAsync(signIn, last);
        await signIn.GetAsync("/");
        using var second = await RequestAsync(signIn, last);
        Assert.Equal("", await ReadToEndAsync(first));

        exchange.Release();

        Assert.Contains("You are signed in", await ReadToEndAsync(second), StringComparison.Ordinal);
        second.Close();
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Page_whose_browser_left_is_shown_to_the_one_that_comes_back()
    {
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.TimeProvider = new FakeTimeProvider());
        using var exchange = signIn.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var last = signIn.LastPath(await signIn.GetAsync((await signIn.AuthorizeAsync()).PathAndQuery));
        using var first = await RequestAsync(signIn, last);
        first.Close();

        exchange.Release();

        await signIn.KeptAsync();
        Assert.Equal(200, (await signIn.GetAsync(last))?.Status);
        await signIn.SucceedsAsync();
    }

    [Theory]
    [InlineData("Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n", 404)]
    [InlineData("Sec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n", 404)]
    [InlineData("Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n", 404)]
    [InlineData("Sec-Purpose: prefetch\r\n", 503)]
    public async Task Page_is_not_shown_to_a_part_of_another_page(string headers, int status)
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        using var exchange = signIn.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var last = signIn.LastPath(await signIn.GetAsync((await signIn.AuthorizeAsync()).PathAndQuery));

        Assert.Equal(status, (await signIn.GetAsync(last, headers))?.Status);

        exchange.Release();
        AssertSays(await signIn.GetAsync(last, "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Site: cross-site\r\n"), "You are signed in");
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

        // The callback's head, and the waiting for the page.
        await time.WaitForTimersAsync(_limit, 2);
        time.Advance(_limit - TimeSpan.FromMilliseconds(1));
        Assert.Equal(404, (await signIn.GetAsync("/"))?.Status);
        Assert.False(signIn.Session.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        await signIn.FailsAsync(BinanceFailure.Cancelled);
    }

    // A browser that has the page and keeps the connection open, as one does that was suspended.
    [Fact]
    public async Task Sign_in_whose_browser_does_not_close_the_connection_ends_after_a_second()
    {
        var time = new TimerTime();
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.TimeProvider = time);
        using var callback = await RequestAsync(signIn, (await signIn.AuthorizeAsync()).PathAndQuery);
        Assert.StartsWith("HTTP/1.1 303 ", await ReadToEndAsync(callback), StringComparison.Ordinal);
        using var browser = await RequestAsync(signIn, LoopbackSignIn.Path + "/done");
        Assert.Contains("You are signed in", await ReadToEndAsync(browser), StringComparison.Ordinal);

        // After the redirect and after the page.
        await time.WaitForTimersAsync(TimeSpan.FromSeconds(1), 2);
        Assert.False(signIn.Session.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        await signIn.SucceedsAsync();
    }

    private static async Task<TcpClient> RequestAsync(LoopbackSignIn signIn, string target)
    {
        var connection = await signIn.ConnectAsync();
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(signIn.Get(target)), Stop);
        return connection;
    }

    private static async Task<string> ReadToEndAsync(TcpClient connection)
    {
        using var reader = new StreamReader(connection.GetStream(), leaveOpen: true);
        return await reader.ReadToEndAsync(Stop);
    }

    private static void AssertSays(RawHttpAnswer? page, params string[] sentences)
    {
        Assert.Equal(200, page?.Status);
        Assert.All(sentences, sentence => Assert.Contains($">{sentence}<", page!.Body, StringComparison.Ordinal));
    }

    [GeneratedRegex("<style>(.*)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();
}
