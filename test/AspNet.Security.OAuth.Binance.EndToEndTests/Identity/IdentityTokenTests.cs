using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Identity.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Identity;

public sealed class IdentityTokenTests(Browser browser)
{
    private static readonly TimeSpan _longerThanATokenLives = TimeSpan.FromHours(9);

    [Fact]
    public async Task Account_page_works_after_nine_hours_with_one_refresh()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();
        await page.RegisterByBinanceAsync(site);
        var first = Assert.Single(site.Binance.Tokens.AccessTokens).Value;
        site.Binance.Clock.Advance(_longerThanATokenLives);
        site.Binance.Requests.Clear();

        await page.OpenAccountAsync(site, BinanceEmulatorDefaults.UserId);
        await page.OpenAccountAsync(site, BinanceEmulatorDefaults.UserId);

        Assert.Equal(1, site.Binance.Requests.Count(EmulatorEndpoint.Token));
        Assert.NotEqual(first, Assert.Single(site.Binance.Tokens.AccessTokens).Value);
    }

    [Fact]
    public async Task Twenty_requests_at_once_make_one_refresh()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();
        await page.RegisterByBinanceAsync(site);
        site.Binance.Clock.Advance(_longerThanATokenLives);
        site.Binance.Requests.Clear();

        var pages = await page.EvaluateAsync<string[]>(
            "() => Promise.all(Array.from({ length: 20 }, () => fetch('/Account').then(response => response.text())))");

        Assert.All(pages, text => Assert.Contains(BinanceEmulatorDefaults.UserId, text, StringComparison.Ordinal));
        Assert.Equal(1, site.Binance.Requests.Count(EmulatorEndpoint.Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Background_job_refreshes_and_the_user_continues_with_the_new_tokens()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();
        await page.RegisterByBinanceAsync(site);
        site.Binance.Requests.Clear();

        // The job runs once a day.
        site.Binance.Clock.Advance(TimeSpan.FromDays(1));
        await site.Binance.Requests.WaitForAsync(request => request.Endpoint is EmulatorEndpoint.UserInfo, TestContext.Current.CancellationToken);
        Assert.Equal(1, site.Binance.Requests.Count(EmulatorEndpoint.Token));

        await page.OpenAccountAsync(site, BinanceEmulatorDefaults.UserId);
        Assert.Equal(1, site.Binance.Requests.Count(EmulatorEndpoint.Token));
        Assert.Single(site.Binance.Tokens.AccessTokens);
    }

    [Fact]
    public async Task Outage_of_Binance_is_shown_and_the_next_request_works()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();
        await page.RegisterByBinanceAsync(site);
        site.Binance.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503));

        await page.OpenAccountAsync(site, "Binance cannot be reached.");

        await page.OpenAccountAsync(site, BinanceEmulatorDefaults.UserId);
    }

    [Fact]
    public async Task Refused_refresh_token_keeps_the_user_signed_in_and_a_new_sign_in_gets_new_tokens()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await IdentitySite.StartAsync();
        var page = await context.NewPageAsync();
        await page.RegisterByBinanceAsync(site);
        site.Binance.Tokens.RevokeAll();
        site.Binance.Clock.Advance(_longerThanATokenLives);

        await page.OpenAccountAsync(site, "Binance no longer accepts the tokens");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Sign out" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with Binance" }).ClickAsync();
        await page.AuthorizeAsync();
        await page.AssertShowsAsync("Your Binance account");
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync(BinanceEmulatorDefaults.UserId);
    }
}
