using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

public sealed class RefreshResponseTests
{
    [Fact]
    public async Task Refresh_keeps_the_refresh_token_when_the_response_has_none()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(TestSite.TokenLifetime);
        site.Emulator.Faults.Next(
            EmulatorEndpoint.Token, EmulatorFault.Body("""{"access_token":"without-a-refresh-token","token_type":"bearer","expires_in":3600}"""));

        var after = await browser.SessionAsync();

        Assert.Equal("without-a-refresh-token", after.AccessToken);
        Assert.Equal(before.RefreshToken, after.RefreshToken);

        // It is valid, and the next refresh uses it.
        site.Clock.Pass(TestSite.TokenLifetime);
        var later = await browser.SessionAsync();
        Assert.True(later.SignedIn);
        Assert.NotEqual(before.RefreshToken, later.RefreshToken);
        Assert.Equal(2, site.RefreshCalls);
    }

    [Fact]
    public async Task Tokens_without_an_expiry_are_stored_and_not_refreshed()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"access_token":"without-an-expiry"}"""));

        Assert.Null((await browser.SessionAsync()).ExpiresAt);
        site.Clock.Pass(TimeSpan.FromDays(1));

        Assert.Equal("without-an-expiry", (await browser.SessionAsync()).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Refresh_keeps_a_token_that_the_application_added()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Binance = options => options.Events.OnCreatingTicket = context =>
        {
            context.Properties.StoreTokens([.. context.Properties.GetTokens(), new() { Name = "partner_token", Value = "of the application" }]);
            return Task.CompletedTask;
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TestSite.TokenLifetime);

        var session = await browser.SessionAsync();

        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(
            ["access_token", "expires_at", "partner_token", "refresh_token", "token_type"],
            new AuthenticationProperties(session.Items).GetTokens().Select(token => token.Name).Order(StringComparer.Ordinal));
        Assert.Equal("of the application", session.Items[".Token.partner_token"]);
    }

    [Fact]
    public async Task Invalid_token_ends_the_session()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"error":"invalid_token"}""", 401));

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.False(browser.HasSessionCookie);
    }

    [Fact]
    public async Task Invalid_grant_ends_the_session_deletes_the_cookie_and_redirects_to_the_login()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TestSite.TokenLifetime);

        var page = await browser.GetAsync("/members");

        Assert.Equal(HttpStatusCode.Redirect, page.Status);
        Assert.Equal("/login", page.Location!.AbsolutePath);
        Assert.True(page.DeletesSessionCookie);
        Assert.False(browser.HasSessionCookie);
        Assert.Single(site.Logged(LogLevel.Warning));

        // No redirect loop: without the cookie nothing is refreshed, and the login redirects to Binance.
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Equal("/en/oauth/authorize", (await browser.GetAsync("/login")).Location!.AbsolutePath);
        Assert.Equal(1, site.RefreshCalls);
        await browser.SignInAsync();
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Invalid_grant_ends_the_session_of_all_concurrent_requests_with_one_call()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TestSite.TokenLifetime);

        var responses = await browser.SendManyAsync(50);

        Assert.All(responses, response => Assert.False(response.Session.SignedIn));
        Assert.All(responses, response => Assert.True(response.DeletesSessionCookie));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Single(site.Logged(LogLevel.Warning));
    }

    [Fact]
    public async Task Invalid_grant_deletes_a_cookie_that_is_due_to_slide()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromDays(14));
        var browser = await site.SignedInAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TimeSpan.FromDays(8));

        var page = await browser.GetAsync("/members");

        Assert.Equal("/login", page.Location!.AbsolutePath);
        Assert.True(page.DeletesSessionCookie);
        Assert.False(browser.HasSessionCookie);
    }

    [Theory]
    [InlineData("""{"error":"invalid_client"}""", 401)]
    [InlineData("""{"error":"unauthorized_client"}""", 400)]
    public async Task Invalid_client_is_logged_as_an_error_and_keeps_the_session(string body, int status)
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(TestSite.TokenLifetime);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(body, status));

        var responses = await browser.SendManyAsync(20);

        Assert.All(responses, response => Assert.True(response.Session.SignedIn));
        Assert.All(responses, response => Assert.Equal(before.AccessToken, response.Session.AccessToken));
        Assert.All(responses, response => Assert.Null(response.SessionCookie));
        var error = Assert.Single(site.Logged(LogLevel.Error));
        Assert.Contains("InvalidClient", error.Message, StringComparison.Ordinal);
        Assert.Empty(site.Logged(LogLevel.Warning));

        site.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.NotEqual(before.AccessToken, (await browser.SessionAsync()).AccessToken);
    }
}
