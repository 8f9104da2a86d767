using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Spa.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa;

public sealed class SpaSessionTests(Browser browser)
{
    [Fact]
    public async Task Twenty_scripts_at_once_refresh_an_expired_token_once()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        site.Binance.Clock.Advance(TimeSpan.FromHours(9));
        Assert.Empty(site.Binance.Tokens.AccessTokens);

        var statuses = await page.EvaluateAsync<int[]>(
            "() => Promise.all(Array.from({ length: 20 }, () => fetch('/api/account').then(response => response.status)))");

        Assert.Equal(Enumerable.Repeat(200, 20), statuses);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Single(site.Binance.Tokens.AccessTokens);
    }

    [Fact]
    public async Task Token_that_expires_in_an_open_page_is_refreshed_by_the_next_call()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        await page.OpenAccountAsync();
        var before = site.Binance.Requests.Count(EmulatorEndpoint.UserInfo);
        site.Binance.Clock.Advance(TimeSpan.FromHours(9));

        await page.CallBinanceAsync();

        await site.Binance.Requests.WaitForAsync(
            _ => site.Binance.Requests.Count(EmulatorEndpoint.UserInfo) > before, TestContext.Current.CancellationToken);
        await Assertions.Expect(page.Locator(".now")).ToHaveAttributeAsync("aria-busy", "false");
        await page.AssertShowsAsync(SpaJourney.Account);
        await page.AssertShowsTextAsync("Received at");
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [InlineData("/api/account", "GET")]
    [InlineData("/auth/user", "GET")]
    [InlineData("/auth/login?returnUrl=/account", "GET")]
    public async Task Script_without_a_session_gets_401_and_neither_a_redirect_nor_a_cookie(string path, string method)
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.GotoAsync(site.Url("/"));
        await page.AssertShowsAsync(SpaJourney.SignedOut);

        var response = await page.FetchAsync(path, method);

        Assert.Equal((401, false), (response.Status, response.Redirected));
        Assert.Empty(await context.CookiesAsync());
        Assert.Equal(0, site.Binance.Requests.Count(EmulatorEndpoint.Authorize));
    }

    [Fact]
    public async Task Session_that_was_ended_elsewhere_is_shown_as_over_and_a_new_login_returns_to_the_route()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        await page.OpenAccountAsync();

        await site.Sessions.EndAllAsync(site.Binance.Users.First().UserId, cancellationToken: TestContext.Current.CancellationToken);
        await page.CallBinanceAsync();

        await page.AssertShowsAsync(SpaJourney.SessionOver);
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Your session is over.");
        Assert.DoesNotContain(site.Binance.Users.First().UserId, await page.ContentAsync(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in again" }).ClickAsync();
        await page.AuthorizeAsync();
        await page.AssertShowsAsync(SpaJourney.Account);
        Assert.Equal(site.Url("/account"), page.Url);
    }

    [Fact]
    public async Task Start_page_is_reached_from_a_session_that_is_over()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        await site.Sessions.EndAllAsync(site.Binance.Users.First().UserId, cancellationToken: TestContext.Current.CancellationToken);
        await page.ReturnToTabAsync();
        await page.AssertShowsAsync(SpaJourney.SessionOver);

        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the start page" }).ClickAsync();

        await page.AssertShowsAsync(SpaJourney.SignedOut);
    }

    [Fact]
    public async Task User_endpoint_returns_four_members_and_when_the_session_ends()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);

        var user = JsonDocument.Parse((await page.FetchAsync("/auth/user")).Body).RootElement;

        Assert.Equal(["userId", "email", "requestedScopes", "sessionExpiresAt"], user.EnumerateObject().Select(property => property.Name));
        var remaining = user.GetProperty("sessionExpiresAt").GetDateTimeOffset() - site.Binance.Clock.GetUtcNow();
        Assert.InRange(remaining, TimeSpan.FromDays(14) - TimeSpan.FromMinutes(1), TimeSpan.FromDays(14));
    }
}
