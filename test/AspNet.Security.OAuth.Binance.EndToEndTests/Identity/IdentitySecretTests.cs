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
        HashSet<string> secrets = [BinanceEmulatorDefaults.ClientSecret];

        await page.RegisterByBinanceAsync(site);
        await page.OpenAccountAsync(site, BinanceEmulatorDefaults.UserId);
        AddTokens();
        site.Binance.Clock.Advance(TimeSpan.FromHours(9));
        await page.OpenAccountAsync(site, BinanceEmulatorDefaults.UserId);
        AddTokens();
        secrets.UnionWith((await context.CookiesAsync()).Where(cookie => cookie.Name == ".AspNetCore.Identity.Application").Select(cookie => cookie.Value));
        var kept = await page.EvaluateAsync<string>("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])");
        await page.GotoAsync(site.Url("/Identity/Account/Manage/ExternalLogins"));

        // Client secret, two access tokens, two refresh tokens, the cookie.
        Assert.Equal(6, secrets.Count);
        var bodies = await traffic.BodiesAsync();
        Assert.Contains(bodies, text => text.Contains(BinanceEmulatorDefaults.UserId, StringComparison.Ordinal));
        Assert.All(secrets, secret => Assert.DoesNotContain([.. bodies, kept], text => text.Contains(secret, StringComparison.Ordinal)));
        Assert.Equal("[{},{},\"\"]", kept);

        void AddTokens() => secrets.UnionWith(site.Binance.Tokens.AccessTokens.Concat(site.Binance.Tokens.RefreshTokens).Select(token => token.Value));
    }
}
