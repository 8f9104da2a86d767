using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Loopback.Support;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Loopback;

/// <summary>
/// The content of the last page.
/// </summary>
public sealed partial class LastPageTests
{
    // The icon of a sign-in that succeeded.
    private const string Success = """<svg class="good" """;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_loads_no_other_file_and_is_not_stored()
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
    public async Task Page_shows_that_the_user_is_signed_in_and_can_close_the_window()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();

        var page = await signIn.FinishAsync();

        AssertShows(page, "You are signed in", "You can close this window.");
        Assert.Contains(Success, page!.Body, StringComparison.Ordinal);
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Page_is_in_the_language_of_the_browser()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();

        var page = await signIn.FinishAsync(await signIn.AuthorizeAsync(), "Accept-Language: tr-TR,tr;q=0.9,en;q=0.8\r\n");

        Assert.Equal("tr", page?["Content-Language"]);
        Assert.Contains("""<html lang="tr">""", page!.Body, StringComparison.Ordinal);
        AssertShows(page, "Giriş yaptınız", "Bu pencereyi kapatabilirsiniz.");
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Page_has_the_supported_language_that_the_browser_prefers()
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
    public async Task Several_Accept_Language_headers_are_combined()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();

        Assert.Equal("tr", (await signIn.GetAsync(LoopbackSignIn.Path, "Accept-Language: de\r\nAccept-Language: tr\r\n"))?["Content-Language"]);
    }

    // Cancelled on Binance's page; Binance unavailable; Binance refused the code.
    [Theory]
    [InlineData("emulator_decision=deny", 0, BinanceFailure.Cancelled, "Sign-in cancelled")]
    [InlineData("emulator_user=" + BinanceEmulatorDefaults.UserId, 503, BinanceFailure.Unavailable, "Binance cannot be reached")]
    [InlineData("emulator_user=" + BinanceEmulatorDefaults.UserId, 400, BinanceFailure.TokenError, "The sign-in failed")]
    public async Task Page_shows_the_outcome_of_the_sign_in(string decision, int status, BinanceFailure failure, string heading)
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        if (status > 0)
        {
            signIn.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"error":"invalid_request"}""", status));
        }

        var page = await signIn.FinishAsync(await signIn.AuthorizeAsync(decision));

        AssertShows(page, heading, "You can close this window.");
        Assert.DoesNotContain(Success, page!.Body, StringComparison.Ordinal);
        await signIn.FailsAsync(failure);
    }

    private static void AssertShows(RawHttpResponse? page, params string[] sentences)
    {
        Assert.Equal(200, page?.Status);
        Assert.All(sentences, sentence => Assert.Contains($">{sentence}<", page!.Body, StringComparison.Ordinal));
    }

    [GeneratedRegex("<style>(.*)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();
}
