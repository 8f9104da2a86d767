using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Spa.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa;

public sealed class SpaSecretTests(Browser browser)
{
    private const string Storage =
        """
        async () => JSON.stringify({
          local: { ...localStorage },
          session: { ...sessionStorage },
          databases: await indexedDB.databases(),
          caches: await caches.keys(),
          cookies: document.cookie,
        })
        """;

    [Fact]
    public async Task No_secret_is_in_a_response_a_storage_or_a_cookie_that_a_script_can_read()
    {
        await using var context = await browser.OpenAsync();
        var recorder = new ResponseRecorder();
        await using var site = SpaSite.Start(services => services.AddSingleton<IStartupFilter>(recorder));
        var page = await context.NewPageAsync();
        HashSet<string> secrets = [BinanceEmulatorDefaults.ClientSecret];

        await page.SignInAsync(site);
        await page.OpenAccountAsync();
        await CollectAsync();
        site.Binance.Clock.Advance(TimeSpan.FromHours(9));
        await page.CallBinanceAsync();
        await Assertions.Expect(page.Locator(".now")).ToHaveAttributeAsync("aria-busy", "false");
        await page.ShowsTextAsync("Received at");
        await CollectAsync();
        await page.FetchAsync("/auth/user");
        var storage = await page.EvaluateAsync<string>(Storage);
        await page.SignOutAsync();
        await page.ShowsAsync(SpaJourney.LoginNeeded);
        await page.ClickLoginAsync();
        await page.CancelAsync();
        await page.ShowsAsync("Sign-in cancelled");

        Assert.Equal("""{"local":{},"session":{},"databases":[],"caches":[],"cookies":""}""", storage);
        Assert.Equal(storage, await page.EvaluateAsync<string>(Storage));

        // Two tokens and their successors, client secret, verifier, code, cookies.
        Assert.InRange(secrets.Count, 8, 20);
        string[] paths = ["/", "/auth/login", "/signin-binance", "/auth/user", "/api/account", "/auth/logout", "/auth/failed"];
        Assert.Subset(recorder.Responses.Select(response => response.Path).ToHashSet(), paths.ToHashSet());
        Assert.All(recorder.Responses, response => Assert.All(
            secrets, secret => Assert.False(response.Text.Contains(secret, StringComparison.Ordinal), $"{response.Path} shows {secret}")));

        async Task CollectAsync()
        {
            secrets.UnionWith(site.Binance.Tokens.AccessTokens.Concat(site.Binance.Tokens.RefreshTokens).Select(token => token.Value));
            secrets.UnionWith(site.Binance.Requests.SelectMany(request => request.Form).Where(field => field.Key is "code" or "code_verifier").Select(field => field.Value));
            var cookies = await context.CookiesAsync([site.Origin]);
            Assert.All(cookies, cookie => Assert.True(cookie.HttpOnly, cookie.Name));
            secrets.UnionWith(cookies.Select(cookie => cookie.Value));
        }
    }

    [Fact]
    public async Task Correlation_cookie_is_not_readable_by_scripts()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.GotoAsync(site.Url("/"));
        await page.ClickLoginAsync();
        await page.ShowsConsentAsync();

        var cookies = await context.CookiesAsync([site.Url("/signin-binance")]);

        Assert.NotEmpty(cookies);
        Assert.All(cookies, cookie => Assert.True(cookie.HttpOnly, cookie.Name));
    }
}
