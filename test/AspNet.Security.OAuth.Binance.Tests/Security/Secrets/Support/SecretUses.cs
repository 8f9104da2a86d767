using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;

/// <summary>
/// Every use of the secrets of a site: sign-in, calls with the user's token, refreshes, the same without a cookie, sign-out, and each of them
/// with a server that refuses and repeats the request.
/// </summary>
internal static class SecretUses
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task RunAsync(TestSite site, SecretScan scan)
    {
        var (binance, texts) = (site.Emulator, scan.Texts);
        SiteBrowser NewBrowser() => BrowserRecordingHandler.Browser(site.Address, site.Time, scan);
        var browser = NewBrowser();

        await SignInAsync(browser);
        await browser.GetAsync("/call");

        // A refresh that works, one that fails, and one more that works.
        site.Clock.Pass(TimeSpan.FromHours(1));
        await browser.GetAsync("/");
        site.Clock.Pass(TimeSpan.FromHours(1));
        binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(RecordedServer.Echo("server_error", binance.Tokens.RefreshTokens[^1].Value), 503));
        await browser.GetAsync("/");
        site.Clock.Pass(TimeSpan.FromHours(1));
        await browser.GetAsync("/call");

        // Without a cookie.
        var pair = binance.Tokens.Issue();
        binance.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Body(RecordedServer.Echo("x", pair.AccessToken)));
        await ThrowsAsync(() => site.Client.GetUserAsync(pair.AccessToken, cancellationToken: Stop));
        binance.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Body(RecordedServer.Echo("x", pair.AccessToken)));
        await ThrowsAsync(() => site.Client.RevokeTokenAsync(pair.AccessToken, cancellationToken: Stop));
        var renewed = await site.Client.RefreshTokensAsync(pair.RefreshToken, cancellationToken: Stop);
        texts.Add("tokens as text", renewed.ToString());
        await site.Client.GetUserAsync(renewed.AccessToken, cancellationToken: Stop);
        await site.Client.RevokeTokenAsync(renewed.AccessToken, cancellationToken: Stop);
        var refused = binance.Tokens.Issue();
        binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(RecordedServer.Echo("invalid_grant", refused.RefreshToken), 400));
        await ThrowsAsync(() => site.Client.RefreshTokensAsync(refused.RefreshToken, cancellationToken: Stop));
        binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.CutConnection);
        await ThrowsAsync(() => site.Client.RefreshTokensAsync(binance.Tokens.Issue().RefreshToken, cancellationToken: Stop));

        // Three ends of a session: signed out, signed out with a revocation that fails, and refused by Binance.
        await browser.GetAsync("/sign-out");
        await SignInAsync(browser);
        binance.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Body(RecordedServer.Echo("x", binance.Tokens.AccessTokens[^1].Value), 500));
        await browser.GetAsync("/sign-out");
        await SignInAsync(browser);
        site.Clock.Pass(TimeSpan.FromHours(1));
        binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(RecordedServer.Echo("invalid_grant", binance.Tokens.RefreshTokens[^1].Value), 400));
        Assert.Equal("anonymous", (await browser.GetAsync("/")).Body);

        await new FailingSignIns(binance, scan, site.Clock, NewBrowser, returnUrl => "/login?returnUrl=" + Uri.EscapeDataString(returnUrl)).FailInEveryWayAsync();

        async Task SignInAsync(SiteBrowser visitor)
        {
            await visitor.GetAsync(await scan.ConsentAsync(visitor, "/login"));
            Assert.Equal("a user", (await visitor.GetAsync("/")).Body);
        }

        async Task ThrowsAsync(Func<Task> call) => texts.Add("failure", await Assert.ThrowsAsync<BinanceAuthenticationException>(call));
    }
}
