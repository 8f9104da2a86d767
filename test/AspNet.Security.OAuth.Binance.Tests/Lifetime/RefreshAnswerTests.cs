using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

public sealed class RefreshAnswerTests
{
    [Fact]
    public async Task The_old_refresh_token_is_kept_when_the_answer_brings_none()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        site.Emulator.Faults.Next(
            EmulatorEndpoint.Token, EmulatorFault.Body("""{"access_token":"without-a-refresh-token","token_type":"bearer","expires_in":3600}"""));

        var after = await browser.SessionAsync();

        Assert.Equal("without-a-refresh-token", after.AccessToken);
        Assert.Equal(before.RefreshToken, after.RefreshToken);

        // It is still good, and is used for the next one.
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        var later = await browser.SessionAsync();
        Assert.True(later.SignedIn);
        Assert.NotEqual(before.RefreshToken, later.RefreshToken);
        Assert.Equal(2, site.RefreshCalls);
    }

    [Fact]
    public async Task Tokens_without_an_expiry_are_kept_and_never_refreshed_again()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"access_token":"without-an-expiry"}"""));

        Assert.Null((await browser.SessionAsync()).ExpiresAt);
        site.Clock.Pass(TimeSpan.FromDays(1));

        Assert.Equal("without-an-expiry", (await browser.SessionAsync()).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_token_that_the_application_put_beside_ours_stays()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Binance = options => options.Events.OnCreatingTicket = context =>
        {
            context.Properties.StoreTokens([.. context.Properties.GetTokens(), new() { Name = "partner_token", Value = "of the application" }]);
            return Task.CompletedTask;
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        var session = await browser.SessionAsync();

        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(
            ["access_token", "expires_at", "partner_token", "refresh_token", "token_type"],
            new AuthenticationProperties(session.Items).GetTokens().Select(token => token.Name).Order(StringComparer.Ordinal));
        Assert.Equal("of the application", session.Items[".Token.partner_token"]);
    }

    [Fact]
    public async Task Invalid_token_is_a_refusal_too()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"error":"invalid_token"}""", 401));

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.False(browser.HasSession);
    }

    [Fact]
    public async Task Invalid_grant_signs_out_and_deletes_the_cookie_and_the_next_page_is_the_login()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        var page = await browser.GetAsync("/members");

        Assert.Equal(HttpStatusCode.Redirect, page.Status);
        Assert.Equal("/login", page.Location!.AbsolutePath);
        Assert.True(page.DeletesSessionCookie);
        Assert.False(browser.HasSession);
        Assert.Single(site.Logged(LogLevel.Warning));

        // No loop: without the cookie there is nothing to refresh, and the login goes to Binance.
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Equal("/en/oauth/authorize", (await browser.GetAsync("/login")).Location!.AbsolutePath);
        Assert.Equal(1, site.RefreshCalls);
        await browser.SignInAsync();
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Invalid_grant_is_asked_for_once_by_a_crowd_and_signs_all_of_it_out()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        var answers = await browser.SendManyAsync(50);

        Assert.All(answers, answer => Assert.False(answer.Session.SignedIn));
        Assert.All(answers, answer => Assert.True(answer.DeletesSessionCookie));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Single(site.Logged(LogLevel.Warning));
    }

    [Fact]
    public async Task Invalid_grant_deletes_a_cookie_that_would_slide_in_the_same_request()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromDays(14));
        var browser = await site.SignedInAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TimeSpan.FromDays(8));

        var page = await browser.GetAsync("/members");

        Assert.Equal("/login", page.Location!.AbsolutePath);
        Assert.True(page.DeletesSessionCookie);
        Assert.False(browser.HasSession);
    }

    [Theory]
    [InlineData("""{"error":"invalid_client"}""", 401)]
    [InlineData("""{"error":"unauthorized_client"}""", 400)]
    public async Task Invalid_client_is_an_error_for_the_operator_and_signs_nobody_out(string body, int status)
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(body, status));

        var answers = await browser.SendManyAsync(20);

        Assert.All(answers, answer => Assert.True(answer.Session.SignedIn));
        Assert.All(answers, answer => Assert.Equal(before.AccessToken, answer.Session.AccessToken));
        Assert.All(answers, answer => Assert.Null(answer.SessionCookie));
        var error = Assert.Single(site.Logged(LogLevel.Error));
        Assert.Contains("InvalidClient", error.Message, StringComparison.Ordinal);
        Assert.Empty(site.Logged(LogLevel.Warning));

        site.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.NotEqual(before.AccessToken, (await browser.SessionAsync()).AccessToken);
    }
}
