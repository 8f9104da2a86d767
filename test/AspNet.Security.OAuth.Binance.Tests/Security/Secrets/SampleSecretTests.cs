using System.Net;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets;

/// <summary>
/// The same search on the sample, with all of its pages.
/// </summary>
[Collection(nameof(Alone))]
public sealed partial class SampleSecretTests
{
    [Theory]
    [InlineData("Development", false)]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    [InlineData("Production", true)]
    public async Task A_visit_leaves_secrets_only_in_the_urls_of_the_protocol(string environment, bool traced)
    {
        using var scan = new SecretScan();
        await using var sample = await RecordedSample.StartAsync(scan, environment, traced);

        await VisitAsync(sample, scan);

        // The pages that show the user id.
        string[] expected =
        [
            "code in address /signin-binance",
            "e-mail in page /",
            "e-mail in page /api/me",
            "e-mail in page /profile",
            "state in address /signin-binance",
            "state in header Location of /account/login",
            "user id in page /api/me",
            "user id in page /profile",
        ];
        Assert.Equal(expected, scan.Finish(sample.Binance, sample.Logs));
        Assert.Contains(scan.Texts.Places, place => place.StartsWith("log AspNet.Security.OAuth.Binance", StringComparison.Ordinal));
        Assert.Equal(traced, scan.Texts.Places.Any(place => place.EndsWith("Trace text", StringComparison.Ordinal)));
    }

    private static async Task VisitAsync(RecordedSample sample, SecretScan scan)
    {
        var (binance, clock) = (sample.Binance, sample.Clock);
        var browser = sample.NewBrowser();
        await browser.GetAsync("/");
        await browser.GetAsync("/profile");
        await browser.GetAsync("/api/me");
        await browser.GetAsync("/no-such-page");
        await SignInAsync();

        clock.Pass(TimeSpan.FromHours(1));
        await OpenEverythingAsync();
        clock.Pass(TimeSpan.FromHours(1));
        binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(RecordedServer.Echo("server_error", binance.Tokens.RefreshTokens[^1].Value), 503));
        await OpenEverythingAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync("/account/logout")).Status);
        await SignOutAsync();
        await SignInAsync();
        binance.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Body(RecordedServer.Echo("x", binance.Tokens.AccessTokens[^1].Value), 500));
        await SignOutAsync();
        await SignInAsync();
        clock.Pass(TimeSpan.FromHours(1));
        binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(RecordedServer.Echo("invalid_grant", binance.Tokens.RefreshTokens[^1].Value), 400));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/me")).Status);

        await new FailingSignIns(
            binance, scan, clock, sample.NewBrowser, returnUrl => "/account/login?returnUrl=" + Uri.EscapeDataString(returnUrl)).FailInEveryWayAsync();

        async Task SignInAsync()
        {
            await browser.GetAsync(await scan.ConsentAsync(browser, "/account/login"));
            await OpenEverythingAsync();
        }

        async Task OpenEverythingAsync()
        {
            foreach (var page in new[] { "/", "/profile", "/api/me", "/account/failed?failure=timeout", "/account/denied", "/account/login" })
            {
                var response = await browser.GetAsync(page);
                Assert.InRange((int)response.Status, 200, 399);
            }
        }

        async Task SignOutAsync()
        {
            var token = AntiforgeryToken().Match((await browser.GetAsync("/")).Body).Groups[1].Value;
            Assert.Equal(HttpStatusCode.Redirect, (await browser.SubmitAsync("/account/logout", [("__RequestVerificationToken", token)])).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/me")).Status);
        }
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}
