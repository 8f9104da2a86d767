using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Identity.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Identity;

public sealed class IdentitySecretTests(Browser browser)
{
    [Fact]
    public async Task Browser_gets_no_secret_in_a_page_a_storage_or_a_cookie_that_scripts_read()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();
        var traffic = BrowserTraffic.Of(page);
        var secrets = new SecretList(site.Binance);

        await page.RegisterByBinanceAsync(site);
        await page.OpenAccountAsync(site, BinanceEmulatorDefaults.UserId);
        site.Binance.Clock.Advance(TimeSpan.FromHours(9));
        await page.OpenAccountAsync(site, BinanceEmulatorDefaults.UserId);
        secrets.Add("cookie", Assert.Single(await context.CookiesAsync(), cookie => cookie.Name == ".AspNetCore.Identity.Application").Value);
        var kept = await page.EvaluateAsync<string>("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])");
        await page.GotoAsync(site.Url("/Identity/Account/Manage/ExternalLogins"));

        string[] kinds = ["access_token", "access_token", "client_secret", "code", "code_verifier", "cookie", "refresh_token", "refresh_token", "state"];
        Assert.Equal(kinds, secrets.Kinds());
        var bodies = await traffic.BodiesAsync();
        Assert.Contains(bodies, text => text.Contains(BinanceEmulatorDefaults.UserId, StringComparison.Ordinal));
        Assert.Equal("[{},{},\"\"]", kept);

        // The emulator's consent page contains the state.
        secrets.AssertAbsentFrom(string.Join('\n', bodies), exceptFor: ["state"]);
    }
}
