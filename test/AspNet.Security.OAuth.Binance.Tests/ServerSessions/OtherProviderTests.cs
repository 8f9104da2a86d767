using System.Globalization;
using System.Security.Claims;

using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Tickets of other providers on the same cookie: they are on the server too, and behave as the cookie handler documents.
/// </summary>
public sealed class OtherProviderTests
{
    private static readonly TimeSpan _life = TimeSpan.FromDays(14);

    [Theory]
    [InlineData("Elsewhere")]
    [InlineData("a scheme that is not there")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_ticket_is_stored_unchanged_and_causes_no_request_to_Binance(string? scheme)
    {
        await using var site = await StartAsync();
        var browser = site.Browser();
        var ticket = new AuthenticationProperties { Items = { [".AuthScheme"] = scheme, ["own"] = "item" } };
        ticket.StoreTokens([
            new() { Name = "access_token", Value = "somebody-elses-access-token" },
            new() { Name = "refresh_token", Value = "somebody-elses-refresh-token" },
            new() { Name = "expires_at", Value = site.Clock.GetUtcNow().ToString("o", CultureInfo.InvariantCulture) },
        ]);
        await browser.AdoptAsync(ticket);
        site.Clock.Pass(TestSite.TokenLifetime);

        var response = await browser.GetAsync("/session");

        var session = response.Session;
        Assert.Equal(("adopted", "item", "somebody-elses-access-token"), (session.UserId, session.Items["own"], session.AccessToken));
        Assert.Empty(response.SetCookies);
        Assert.InRange(browser.CookieHeader().Length, 1, 400);
        await browser.GetAsync("/sign-out");
        Assert.False(browser.HasSessionCookie);
        Assert.Equal(0, site.RefreshCalls);
        Assert.Empty(site.Revocations);
        Assert.Empty(site.Store().Tickets());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_ticket_slides(bool persistent)
    {
        await using var site = await StartAsync();
        var browser = await SignedInAsync(site, persistent);
        site.Clock.Pass(TimeSpan.FromDays(8));

        var response = await browser.GetAsync("/session");

        // The cookie handler writes the cookie of any session that slides.
        var end = site.Clock.GetUtcNow() + _life;
        Assert.Equal(persistent ? end : null, Assert.Single(response.SetCookies).Expires);
        Assert.Equal(end, (await browser.SessionAsync()).Expires);
        site.Clock.Pass(TimeSpan.FromDays(10));
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_ticket_that_the_application_renews_is_written()
    {
        await using var site = await StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = context =>
        {
            if (context.Request.Path == "/renew")
            {
                context.ReplacePrincipal(new ClaimsPrincipal([.. context.Principal!.Identities, new ClaimsIdentity([new("renewed", "yes")])]));
                context.ShouldRenew = true;
            }

            return Task.CompletedTask;
        });
        var browser = await SignedInAsync(site);
        var id = await browser.IdAsync();

        Assert.Equal(System.Net.HttpStatusCode.OK, (await browser.GetAsync("/renew")).Status);

        Assert.Equal("yes", (await browser.SessionAsync()).Claim("renewed"));
        Assert.Equal(id, await browser.IdAsync());
    }

    [Fact]
    public async Task A_ticket_that_the_application_rejects_is_no_session_in_that_request()
    {
        var isRejected = true;
        await using var site = await StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = context =>
        {
            if (isRejected)
            {
                context.RejectPrincipal();
            }

            return Task.CompletedTask;
        });
        var browser = await SignedInAsync(site);

        var response = await browser.GetAsync("/session");

        Assert.False(response.Session.SignedIn);
        Assert.Empty(response.SetCookies);
    }

    [Fact]
    public async Task A_ticket_that_the_application_rejects_and_signs_out_ends()
    {
        var isRejected = true;
        await using var site = await StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = async context =>
        {
            if (isRejected)
            {
                context.RejectPrincipal();
                await context.HttpContext.SignOutAsync("Cookies");
            }
        });
        var browser = await SignedInAsync(site);
        var copy = browser.Copy();

        Assert.False((await browser.SessionAsync()).SignedIn);

        isRejected = false;
        Assert.False(browser.HasSessionCookie);
        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Empty(site.Store().Tickets());
    }

    [Fact]
    public async Task The_user_can_change_from_another_provider_to_Binance_and_back()
    {
        await using var site = await StartAsync();
        var browser = await SignedInAsync(site);

        await browser.SignInAsync();
        Assert.Equal(ServerSite.User, (await browser.SessionAsync()).UserId);
        await browser.GetAsync("/as?user=another&scheme=Elsewhere");

        Assert.Equal("another", (await browser.SessionAsync()).UserId);
        Assert.Single(site.Store().Tickets());
        Assert.Empty(site.Logged(LogLevel.Warning));
    }

    private static Task<TestSite> StartAsync(Action<SiteSetup>? configure = null) => ServerSite.StartAsync(setup =>
    {
        setup.Authentication = builder => builder.AddOAuth("Elsewhere", options =>
        {
            (options.ClientId, options.ClientSecret, options.CallbackPath) = ("id", "secret", "/signin-elsewhere");
            (options.AuthorizationEndpoint, options.TokenEndpoint) = ("http://localhost/authorize", "http://localhost/token");
        });
        configure?.Invoke(setup);
    });

    private static async Task<SiteBrowser> SignedInAsync(TestSite site, bool persistent = false)
    {
        var browser = site.Browser();
        await browser.GetAsync("/as?user=another&scheme=Elsewhere" + (persistent ? "&persistent" : null));
        return browser;
    }
}
