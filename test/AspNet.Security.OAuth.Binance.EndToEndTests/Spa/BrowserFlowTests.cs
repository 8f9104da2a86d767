using System.Security.Cryptography;
using System.Text;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Spa.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa;

/// <summary>
/// The flow that Binance's document describes for JavaScript: a public client in the browser.
/// </summary>
public sealed class BrowserFlowTests(Browser browser)
{
    [Fact]
    public async Task Sign_in_with_PKCE_and_without_a_secret_shows_the_user_and_stores_nothing()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await BrowserFlowJourney.SignInAsync(page, site);

        var user = site.Binance.Users.First();
        await page.AssertShowsTextAsync(user.UserId);
        await page.AssertShowsTextAsync(user.Email!);
        Assert.Equal(site.Url("/browser-flow/"), page.Url);
        Assert.Equal("""{"local":{},"session":{},"cookies":""}""", await page.EvaluateAsync<string>(
            "() => JSON.stringify({ local: { ...localStorage }, session: { ...sessionStorage }, cookies: document.cookie })"));
        var secrets = new SecretList(site.Binance);
        Assert.Equal(["access_token", "code", "code_verifier", "refresh_token", "state"], secrets.Kinds());
        secrets.AssertAbsentFrom(await page.ContentAsync());

        var authorize = site.Binance.Requests.To(EmulatorEndpoint.Authorize)[0].Query;
        var exchange = Assert.Single(site.Binance.Requests.To(EmulatorEndpoint.Token)).Form;
        Assert.InRange(exchange["code_verifier"]!.Length, 43, 128);
        Assert.Equal(WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(exchange["code_verifier"]!))), authorize["code_challenge"]);
        Assert.Equal("S256", authorize["code_challenge_method"]);
        Assert.InRange(authorize["state"]!.Length, 22, 128);
        Assert.False(exchange.Contains("client_secret"));

        // The token is in a variable, which is lost when the page is loaded again.
        await page.ReloadAsync();
        await page.AssertShowsAsync(BrowserFlowJourney.Ready);
    }

    [Fact]
    public async Task Token_is_revoked_by_a_button()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await BrowserFlowJourney.SignInAsync(page, site);

        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke the token" }).ClickAsync();

        await page.AssertShowsAsync("The token is revoked");
        Assert.Empty(site.Binance.Tokens.AccessTokens);
        await Assertions.Expect(page.GetByText(site.Binance.Users.First().UserId)).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Failed_revocation_is_shown_and_can_be_retried()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await BrowserFlowJourney.SignInAsync(page, site);
        site.Binance.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.ApiError("117041", "Not now"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke the token" }).ClickAsync();
        await page.AssertShowsAsync("The token is not revoked");
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke the token" }).ClickAsync();

        await page.AssertShowsAsync("The token is revoked");
    }

    [Fact]
    public async Task Cancel_is_shown_and_the_state_is_removed()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.OpenAsync(site);
        await page.StartSignInAsync();

        await page.CancelAsync();

        await page.AssertShowsAsync("Sign-in cancelled");
        Assert.Equal(site.Url("/browser-flow/"), page.Url);
        Assert.Equal(0, await page.EvaluateAsync<int>("() => sessionStorage.length"));
    }

    [Fact]
    public async Task Response_with_another_state_is_not_used()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await page.OpenAsync(site);
        await page.StartSignInAsync();
        var request = site.Binance.Requests.To(EmulatorEndpoint.Authorize)[0].Query;

        await page.GotoAsync(site.Url("/browser-flow/?code=0123456789&state=" + new string('x', request["state"]!.Length)));

        await page.AssertShowsAsync("That response is not for this page");
        Assert.Equal(site.Url("/browser-flow/"), page.Url);
        Assert.Equal(0, site.Binance.Requests.Count(EmulatorEndpoint.Token));

        // The right state is not accepted any more: it was removed when the page read it.
        await page.GotoAsync(site.Url($"/browser-flow/?code=0123456789&state={request["state"]}"));
        await page.AssertShowsAsync("That response is not for this page");
        Assert.Equal(0, site.Binance.Requests.Count(EmulatorEndpoint.Token));
    }

    [Fact]
    public async Task Refusal_by_CORS_is_shown()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        Assert.Contains(site.Origin, site.Binance.Options.AllowedOrigins);
        site.Binance.Options.AllowedOrigins.Clear();
        var page = await context.NewPageAsync();
        await page.OpenAsync(site);
        await page.StartSignInAsync();

        await page.AuthorizeAsync();

        await page.AssertShowsAsync("The authorization server cannot be read");
        Assert.Equal(site.Url("/browser-flow/"), page.Url);
        Assert.Equal(0, await page.EvaluateAsync<int>("() => sessionStorage.length"));
    }

    [Fact]
    public async Task Sign_in_of_the_browser_flow_creates_no_session_of_the_site()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        var page = await context.NewPageAsync();
        await BrowserFlowJourney.SignInAsync(page, site);

        Assert.Equal(401, (await page.FetchAsync("/auth/user")).Status);
        Assert.Empty(await context.CookiesAsync([site.Origin]));
    }
}
