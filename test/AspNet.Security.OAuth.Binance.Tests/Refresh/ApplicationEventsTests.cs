using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// The application's own cookie events keep their effect in a request that refreshes.
/// </summary>
public sealed class ApplicationEventsTests
{
    [Fact]
    public async Task Rejecting_the_principal_prevents_the_refresh()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = context =>
        {
            context.RejectPrincipal();
            return Task.CompletedTask;
        });
        var browser = await site.WithExpiredTokenAsync();

        Assert.False((await browser.SessionAsync()).SignedIn);

        Assert.Equal(0, site.RefreshCalls);
    }

    [Fact]
    public async Task Renewed_cookie_has_the_application_s_claims_and_the_new_tokens()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = async context =>
        {
            await Task.Yield();
            AddClaim(context);
            context.ShouldRenew = true;
        });
        var browser = await site.WithExpiredTokenAsync();

        var response = await browser.GetAsync("/session");

        Assert.Single(response.SetCookies, cookie => cookie.Name.Value == SiteResponse.CookieName);
        var ticket = Unprotect(site, browser);
        Assert.Equal("added in this request", ticket.Principal.FindFirstValue("added"));
        Assert.Equal(response.Session.AccessToken, ticket.Properties.GetTokenValue("access_token"));
        Assert.True(site.Emulator.Tokens.IsLive(response.Session.AccessToken!));
        Assert.Equal(site.Clock.GetUtcNow(), ticket.Properties.IssuedUtc);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8 * 24)] // The cookie slides in the same request.
    public async Task Refresh_does_not_write_the_claims_of_one_request_into_the_cookie(int hours)
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = context =>
        {
            AddClaim(context);
            return Task.CompletedTask;
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromHours(hours));

        var response = await browser.GetAsync("/session");

        Assert.NotNull(response.SessionCookie);
        Assert.Equal("added in this request", response.Session.Claim("added"));
        var ticket = Unprotect(site, browser);
        Assert.False(ticket.Principal.HasClaim(claim => claim.Type == "added"));
        Assert.Equal(response.Session.UserId, ticket.Principal.FindFirstValue(ClaimTypes.NameIdentifier));
        Assert.Equal(response.Session.AccessToken, ticket.Properties.GetTokenValue("access_token"));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Application_can_prevent_sliding_in_the_request_that_refreshes()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnCheckSlidingExpiration = context =>
        {
            context.ShouldRenew = false;
            return Task.CompletedTask;
        });
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(TimeSpan.FromDays(8));

        await browser.SessionAsync();

        var after = await browser.SessionAsync();
        Assert.Equal((before.Issued, before.Expires), (after.Issued, after.Expires));
        Assert.True(site.Emulator.Tokens.IsLive(after.AccessToken!));
    }

    [Fact]
    public async Task Cookie_that_slides_after_the_application_s_event_is_written_once_with_the_new_tokens()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnCheckSlidingExpiration = static _ => Task.CompletedTask);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromDays(8));

        var response = await browser.GetAsync("/session");

        Assert.Single(response.SetCookies, cookie => cookie.Name.Value == SiteResponse.CookieName);
        var ticket = Unprotect(site, browser);
        Assert.Equal(response.Session.AccessToken, ticket.Properties.GetTokenValue("access_token"));
        Assert.Equal(site.Clock.GetUtcNow(), ticket.Properties.IssuedUtc);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Refresh_writes_the_cookie_with_the_attributes_that_the_application_s_event_has_set()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnSigningIn = static context =>
        {
            context.CookieOptions.SameSite = SameSiteMode.Strict;
            return Task.CompletedTask;
        });
        var browser = await site.WithExpiredTokenAsync();

        var response = await browser.GetAsync("/session");

        Assert.Equal("Strict", response.SessionCookie!.SameSite.ToString());
    }

    [Fact]
    public async Task Event_that_is_set_after_the_start_runs_beside_the_refresh()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        site.CookieOptions().Events.OnValidatePrincipal = context =>
        {
            AddClaim(context);
            return Task.CompletedTask;
        };

        var session = await browser.SessionAsync();

        Assert.Equal("added in this request", session.Claim("added"));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_of_the_application_s_own_class_run_once_in_each_request(bool fromContainer)
    {
        List<string> calls = [];
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Services = services => services.AddScoped(_ => new RecordingEvents(calls));
            setup.Cookie = cookie =>
            {
                if (fromContainer)
                {
                    cookie.EventsType = typeof(RecordingEvents);
                }
                else
                {
                    cookie.Events = new RecordingEvents(calls);
                }
            };
        });
        var browser = await site.WithExpiredTokenAsync();

        await browser.GetAsync("/session");
        await browser.GetAsync("/sign-out");

        Assert.Equal(
            ["SigningIn", "SignedIn", "CheckSlidingExpiration", "ValidatePrincipal", "CheckSlidingExpiration", "ValidatePrincipal", "SigningOut"], calls);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Session_of_a_cookie_without_events_is_refreshed()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events = null!);
        var browser = await site.WithExpiredTokenAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);

        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Session_of_a_cookie_with_another_cookie_s_events_and_an_EventsType_is_refreshed()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Authentication = static builder => builder
            .AddCookie("Second").Services
            .AddScoped<CookieAuthenticationEvents>()
            .AddOptions<CookieAuthenticationOptions>("Second").Configure<IServiceProvider>(static (cookie, services) =>
            {
                cookie.Events = services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Cookies").Events;
                cookie.EventsType = typeof(CookieAuthenticationEvents);
            }));
        var browser = site.Browser();
        await browser.AdoptAsync(site.NewTicket(), "Second");
        site.Clock.Pass(TestSite.TokenLifetime);

        var session = await browser.SessionAsync("Second");

        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    private static void AddClaim(CookieValidatePrincipalContext context)
        => ((ClaimsIdentity)context.Principal!.Identity!).AddClaim(new Claim("added", "added in this request"));

    private static AuthenticationTicket Unprotect(TestSite site, SiteBrowser browser)
    {
        var options = site.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Cookies");
        return options.TicketDataFormat.Unprotect(browser.Cookie(SiteResponse.CookieName))!;
    }
}
