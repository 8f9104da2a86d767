using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
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

    private static void AddClaim(CookieValidatePrincipalContext context)
        => ((ClaimsIdentity)context.Principal!.Identity!).AddClaim(new Claim("added", "added in this request"));

    private static AuthenticationTicket Unprotect(TestSite site, SiteBrowser browser)
    {
        var options = site.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Cookies");
        return options.TicketDataFormat.Unprotect(browser.Cookie(SiteResponse.CookieName))!;
    }
}
