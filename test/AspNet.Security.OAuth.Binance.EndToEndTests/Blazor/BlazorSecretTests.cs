using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Blazor.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Blazor;

public sealed class BlazorSecretTests(Browser browser)
{
    [Theory]
    [MemberData(nameof(BlazorJourney.Transports), MemberType = typeof(BlazorJourney))]
    public async Task Browser_gets_no_secret_in_a_response_a_frame_a_storage_or_a_cookie_that_scripts_read(CircuitTransport transport)
    {
        await using var context = await browser.OpenAsync(transport);
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();
        var traffic = BrowserTraffic.Of(page);
        HashSet<string> secrets = [BinanceEmulatorDefaults.ClientSecret];

        await page.OpenAccountAsync(site);
        await page.CallBinanceAsync(BinanceEmulatorDefaults.UserId);
        AddTokens();
        site.Binance.Clock.Advance(TimeSpan.FromHours(9));

        // The page shows the same text as before, so that the end of the call cannot be seen there.
        site.Binance.Requests.Clear();
        await page.CallButton().ClickAsync();
        await site.Binance.Requests.WaitForAsync(request => request.Endpoint is EmulatorEndpoint.UserInfo, TestContext.Current.CancellationToken);
        AddTokens();
        secrets.UnionWith((await context.CookiesAsync()).Where(cookie => cookie.Name == ".AspNetCore.Cookies").Select(cookie => cookie.Value));
        var kept = await page.EvaluateAsync<string>("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])");
        await page.GotoAsync(site.Url("/auth/user"));
        await page.GotoAsync(site.Url("/"));

        // Client secret, two access tokens, two refresh tokens, the key of the session.
        Assert.Equal(6, secrets.Count);
        var bodies = await traffic.BodiesAsync();
        var circuit = transport is CircuitTransport.WebSockets ? traffic.Frames : bodies;
        Assert.Contains(circuit, text => text.Contains("Binance says", StringComparison.Ordinal));
        Assert.Equal(transport is CircuitTransport.LongPolling, traffic.Frames.Count is 0);
        Assert.All(secrets, secret => Assert.DoesNotContain([.. bodies, .. traffic.Frames, kept], text => text.Contains(secret, StringComparison.Ordinal)));
        Assert.EndsWith(",\"\"]", kept, StringComparison.Ordinal);

        void AddTokens() => secrets.UnionWith(site.Binance.Tokens.AccessTokens.Concat(site.Binance.Tokens.RefreshTokens).Select(token => token.Value));
    }
}
