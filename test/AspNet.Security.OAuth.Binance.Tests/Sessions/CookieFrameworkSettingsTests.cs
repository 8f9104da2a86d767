using System.Security.Claims;

using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// Settings of the framework for a session also apply in the request that refreshes it.
/// </summary>
public sealed class CookieFrameworkSettingsTests
{
    public static MatrixTheoryData<int, SessionPlace> AgesAndPlaces => new([10, 45, 56], Enum.GetValues<SessionPlace>());

    public static MatrixTheoryData<bool, SessionPlace> RenewalsAndPlaces => new([false, true], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(AgesAndPlaces))]
    public async Task Claims_of_a_claims_transformation_are_not_stored(int minutes, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromMinutes(80);
            setup.Services = services => services.AddTransient<IClaimsTransformation, Transformation>();
            sessions.Configure(setup);
        });
        var browser = await SignedInAsync(site, minutes);

        var session = await browser.SessionAsync();

        Assert.Equal("yes", session.Claim("transformed"));
        var ticket = await sessions.TicketAsync(site, browser.SessionCookie.Value);
        Assert.DoesNotContain(ticket.Principal.Claims, claim => claim.Type == "transformed");
        Assert.Equal(session.AccessToken, ticket.Properties.GetTokenValue("access_token"));
    }

    [Theory]
    [MemberData(nameof(RenewalsAndPlaces))]
    public async Task A_refresh_keeps_the_times_of_a_session_that_does_not_slide_unless_the_application_renews_it(bool renews, SessionPlace place)
    {
        var changes = false;
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie =>
            {
                cookie.ExpireTimeSpan = TimeSpan.FromMinutes(80);
                cookie.Events.OnSigningIn = context => Task.FromResult(context.Properties.AllowRefresh = false);
                cookie.Events.OnValidatePrincipal = context => Task.FromResult(context.ShouldRenew = renews && changes);
            };
            new SessionStorage(place).Configure(setup);
        });
        var browser = await SignedInAsync(site, 56);
        changes = true;

        var during = await browser.SessionAsync();
        changes = false;
        var after = await browser.SessionAsync();

        Assert.Equal(renews ? site.Clock.GetUtcNow() : site.Clock.GetUtcNow() - TimeSpan.FromMinutes(56), after.Issued);
        Assert.Equal(after.Issued + TimeSpan.FromMinutes(80), after.Expires);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal((during.AccessToken, during.RefreshToken), (after.AccessToken, after.RefreshToken));
        Assert.True(site.Emulator.Tokens.IsRefreshTokenLive(after.RefreshToken!));
    }

    private static async Task<SiteBrowser> SignedInAsync(TestSite site, int minutes)
    {
        var browser = await site.SignedInWithTlsAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));
        return browser;
    }

    private sealed class Transformation : IClaimsTransformation
    {
        // A copy, as the framework's documentation asks for: it may run more than once.
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            var copy = principal.Clone();
            copy.AddIdentity(new ClaimsIdentity([new("transformed", "yes")]));
            return Task.FromResult(copy);
        }
    }
}
