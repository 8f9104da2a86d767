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
        var secrets = new SecretList(site.Binance);

        await page.OpenAccountAsync(site);
        await page.CallBinanceAsync(BinanceEmulatorDefaults.UserId);
        site.Binance.Clock.Advance(TimeSpan.FromHours(9));
        var later = site.Binance.Clock.GetUtcNow();

        // The page shows the same text as before, so that the end of the call cannot be seen there.
        await page.CallButton().ClickAsync();
        await site.Binance.Requests.WaitForAsync(
            request => request.Endpoint is EmulatorEndpoint.UserInfo && request.Time >= later, TestContext.Current.CancellationToken);
        secrets.Add("cookie", Assert.Single(await context.CookiesAsync(), cookie => cookie.Name == ".AspNetCore.Cookies").Value);
        var kept = await page.EvaluateAsync<string>("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])");
        await page.GotoAsync(site.Url("/auth/user"));
        await page.GotoAsync(site.Url("/"));

        string[] kinds = ["access_token", "access_token", "client_secret", "code", "code_verifier", "cookie", "refresh_token", "refresh_token", "state"];
        Assert.Equal(kinds, secrets.Kinds());
        var bodies = await traffic.BodiesAsync();
        var circuit = transport is CircuitTransport.WebSockets ? traffic.Frames : bodies;
        Assert.Contains(circuit, text => text.Contains("Binance says", StringComparison.Ordinal));
        Assert.Equal(transport is CircuitTransport.LongPolling, traffic.Frames.Count is 0);
        Assert.EndsWith(",\"\"]", kept, StringComparison.Ordinal);

        // The emulator's consent page contains the state.
        string[] texts = [.. bodies, .. traffic.Frames, kept];
        secrets.AssertAbsentFrom(string.Join('\n', texts), exceptFor: ["state"]);
    }
}
