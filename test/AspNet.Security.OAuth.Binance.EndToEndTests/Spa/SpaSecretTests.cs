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
        var secrets = new SecretList(site.Binance);

        await page.SignInAsync(site);
        await page.OpenAccountAsync();
        site.Binance.Clock.Advance(TimeSpan.FromHours(9));
        await page.CallBinanceAsync();
        await Assertions.Expect(page.Locator(".now")).ToHaveAttributeAsync("aria-busy", "false");
        await page.AssertShowsTextAsync("Received at");
        var cookies = await context.CookiesAsync([site.Origin]);
        Assert.All(cookies, cookie =>
        {
            Assert.True(cookie.HttpOnly, cookie.Name);
            secrets.Add("cookie", cookie.Value);
        });
        await page.FetchAsync("/auth/user");
        var storage = await page.EvaluateAsync<string>(Storage);
        await page.SignOutAsync();
        await page.AssertShowsAsync(SpaJourney.LoginNeeded);
        await page.ClickLoginAsync();
        await page.CancelAsync();
        await page.AssertShowsAsync("Sign-in cancelled");

        Assert.Equal("""{"local":{},"session":{},"databases":[],"caches":[],"cookies":""}""", storage);
        Assert.Equal(storage, await page.EvaluateAsync<string>(Storage));

        string[] kinds = ["access_token", "client_secret", "code", "code_verifier", "cookie", "refresh_token", "state"];
        Assert.Equal(kinds, secrets.Kinds().Distinct());
        Assert.Equal(2, secrets.Kinds().Count(kind => kind == "access_token"));
        string[] paths = ["/", "/auth/login", "/signin-binance", "/auth/user", "/api/account", "/auth/logout", "/auth/failed"];
        Assert.Subset(recorder.Responses.Select(response => response.Path).ToHashSet(), paths.ToHashSet());
        Assert.All(recorder.Responses, response =>
        {
            // The redirect to Binance contains the state.
            string[] expected = response.Path == "/auth/login" ? ["state"] : [];
            secrets.AssertAbsentFrom(response.Text, expected);
        });
    }

    [Fact]
    public async Task Correlation_cookie_is_not_readable_by_scripts()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.GotoAsync(site.Url("/"));
        await page.ClickLoginAsync();
        await page.AssertShowsConsentAsync();

        var cookies = await context.CookiesAsync([site.Url("/signin-binance")]);

        Assert.NotEmpty(cookies);
        Assert.All(cookies, cookie => Assert.True(cookie.HttpOnly, cookie.Name));
    }
}
