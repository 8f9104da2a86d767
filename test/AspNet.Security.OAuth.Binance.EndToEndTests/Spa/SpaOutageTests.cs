using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Spa.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa;

public sealed class SpaOutageTests(Browser browser)
{
    [Fact]
    public async Task Offline_page_keeps_its_content_shows_the_state_and_reloads_when_online()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        await page.OpenAccountAsync();

        await context.SetOfflineAsync(true);
        await page.AssertShowsTextAsync("You are offline.");
        await page.AssertShowsTextAsync(site.Binance.Users.First().UserId);
        await page.CallBinanceAsync();
        await page.AssertShowsTextAsync("Not known at the moment.");
        await page.AssertShowsAsync(SpaJourney.Account);

        await context.SetOfflineAsync(false);
        await Assertions.Expect(page.Locator("#problem")).ToBeHiddenAsync();
        await page.AssertShowsTextAsync("Received at");
    }

    [Fact]
    public async Task Session_that_ended_while_the_page_was_offline_is_shown_as_over_when_it_is_online()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        await context.SetOfflineAsync(true);
        await page.AssertShowsTextAsync("You are offline.");

        await site.Sessions.EndAllAsync(site.Binance.Users.First().UserId, cancellationToken: TestContext.Current.CancellationToken);
        await context.SetOfflineAsync(false);

        await page.AssertShowsAsync(SpaJourney.SessionOver);
    }

    [Fact]
    public async Task Sign_out_without_a_response_is_shown_as_failed()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await FailToSignOutAsync(context, site);

        await page.SignOutAsync();
        await page.AssertShowsAsync(SpaJourney.SignedOut);
        await Assertions.Expect(page.Locator("#problem")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Sign_out_that_had_no_effect_is_not_shown_on_the_next_page()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await FailToSignOutAsync(context, site);

        await page.GetByRole(AriaRole.Link, new() { Name = "Your account" }).ClickAsync();

        await page.AssertShowsAsync("Your account");
        await Assertions.Expect(page.Locator("#problem")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Failure_to_load_the_user_is_shown_and_retried()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        await page.RouteAsync("**/auth/user", route => route.AbortAsync());
        await page.ReloadAsync();
        await page.AssertShowsAsync("This site does not respond");

        await page.UnrouteAsync("**/auth/user");
        await page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();

        await page.AssertShowsAsync(SpaJourney.SignedIn);
    }

    [Fact]
    public async Task Unavailable_sessions_do_not_sign_the_page_out()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        await page.RouteAsync("**/auth/user", route => route.FulfillAsync(new() { Status = 503 }));

        await page.ReturnToTabAsync();

        await page.AssertShowsTextAsync("This site cannot look up your session at the moment.");
        await page.AssertShowsAsync(SpaJourney.SignedIn);
    }

    [Fact]
    public async Task Outage_of_Binance_is_shown_with_a_button_to_retry()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        await page.OpenAccountAsync();
        site.Binance.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503));

        await page.CallBinanceAsync();
        await page.AssertShowsTextAsync("Binance cannot be reached.");
        await page.AssertShowsAsync(SpaJourney.Account);

        await page.CallBinanceAsync();
        await page.AssertShowsTextAsync("Received at");
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Failure_of_the_call_to_Binance_is_a_problem_with_the_status_502_or_503(string name, int expected)
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        site.Binance.Faults.Next(EmulatorEndpoint.UserInfo, _faults[name]);

        var response = await page.FetchAsync("/api/account");

        Assert.Equal((expected, "application/problem+json"), (response.Status, response.Type));
        Assert.Equal(200, (await page.FetchAsync("/api/account")).Status);
    }

    [Fact]
    public async Task Failed_refresh_is_an_outage_too()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        site.Binance.Clock.Advance(TimeSpan.FromHours(9));
        site.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        var response = await page.FetchAsync("/api/account");

        // The cookie stays valid.
        Assert.Equal((503, "application/problem+json"), (response.Status, response.Type));
        Assert.Equal(200, (await page.FetchAsync("/auth/user")).Status);
    }

    public static TheoryData<string, int> Failures => new()
    {
        { "status 503", 503 },
        { "status 429", 503 },
        { "no response", 503 },
        { "half a response", 503 },
        { "endless response", 503 },
        { "page of a firewall", 503 },
        { "error code", 502 },
        { "status 401", 502 },
        { "no user", 502 },
    };

    private static readonly Dictionary<string, EmulatorFault> _faults = new()
    {
        ["status 503"] = EmulatorFault.Status(503),
        ["status 429"] = EmulatorFault.Status(429),
        ["no response"] = EmulatorFault.CutConnection,
        ["half a response"] = EmulatorFault.HalfBody,
        ["endless response"] = EmulatorFault.EndlessBody,
        ["page of a firewall"] = EmulatorFault.Body("<!doctype html>", 202, "text/html"),
        ["error code"] = EmulatorFault.ApiError("117041", "Quote expired"),
        ["status 401"] = EmulatorFault.Body("""{"code":"900401","message":null,"data":null,"success":false}""", 401),
        ["no user"] = EmulatorFault.Body("""{"code":"000000","message":null,"data":{"email":"x@example.com"},"success":true}"""),
    };

    // Signs a user in, and out while there is no connection: the sign-out has no effect, and the page says so when the connection is available again.
    private static async Task<IPage> FailToSignOutAsync(IBrowserContext context, SpaSite site)
    {
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        await context.SetOfflineAsync(true);

        await page.SignOutAsync();
        await page.AssertShowsTextAsync("You may still be signed in.");
        await page.AssertShowsAsync(SpaJourney.SignedIn);

        await context.SetOfflineAsync(false);
        await page.AssertShowsTextAsync("You are still signed in.");
        return page;
    }
}
