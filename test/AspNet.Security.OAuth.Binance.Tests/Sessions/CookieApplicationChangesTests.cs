using System.Globalization;
using System.Security.Claims;

using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// Changes of an application during the validation of a session have the framework's usual effect, and the newest tokens are added.
/// </summary>
public sealed class CookieApplicationChangesTests
{
    private static readonly Dictionary<string, Action<CookieValidatePrincipalContext>> _changes = new()
    {
        ["a claim is added"] = context => ((ClaimsIdentity)context.Principal!.Identity!).AddClaim(new("changed", "yes")),
        ["the principal is replaced"] = context => context.ReplacePrincipal(new ClaimsPrincipal(new ClaimsIdentity(
            [.. context.Principal!.Claims, new("changed", "yes")], "replaced"))),
        ["an identity is added"] = context => context.Principal!.AddIdentity(new ClaimsIdentity([new("changed", "yes")], "second")),
    };

    /// <summary>What is changed, whether the application renews the cookie, the session's age in minutes (due at 55, slides from 40).</summary>
    public static MatrixTheoryData<string, bool, int, SessionPlace> Changes
        => new([.. _changes.Keys], [false, true], [10, 45, 56], Enum.GetValues<SessionPlace>());

    public static MatrixTheoryData<int, SessionPlace> AgesAndPlaces => new([10, 56], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Changed_claims_reach_the_page_and_are_stored_only_if_the_application_renews_the_cookie(
        string change, bool renews, int minutes, SessionPlace place)
    {
        var changes = false;
        await using var site = await StartAsync(place, context =>
        {
            if (changes)
            {
                _changes[change](context);
                context.ShouldRenew = renews;
            }
        });
        var browser = await SignedInAsync(site, minutes);

        changes = true;
        var during = await browser.GetAsync("/session");
        changes = false;
        var after = await browser.SessionAsync();

        Assert.Equal("yes", during.Session.Claim("changed"));
        Assert.Equal(renews, after.Claim("changed") is not null);
        Assert.Equal(during.Session.UserId, after.UserId);
        Assert.Equal(renews || minutes >= 45 ? site.Clock.GetUtcNow() : site.Clock.GetUtcNow() - TimeSpan.FromMinutes(minutes), after.Issued);
        Assert.True(during.SetCookies.Count(cookie => cookie.Name.Value == SiteResponse.CookieName) <= (place is SessionPlace.Server ? 0 : 1));
        AssertNewestTokens(site, during.Session, after, refreshes: minutes == 56 ? 1 : 0);
    }

    [Theory]
    [MemberData(nameof(AgesAndPlaces))]
    public async Task An_application_s_property_and_token_are_stored_with_the_newest_tokens(int minutes, SessionPlace place)
    {
        var changes = false;
        await using var site = await StartAsync(place, context =>
        {
            if (changes)
            {
                context.Properties.Items["own"] = "kept";
                context.Properties.StoreTokens([.. context.Properties.GetTokens(), new() { Name = "own", Value = "kept" }]);
                context.ShouldRenew = true;
            }
        });

        var (during, after) = await SessionsAsync(site, minutes, now => changes = now);

        Assert.Equal(("kept", "kept"), (after.Items["own"], after.Items[".Token.own"]));
        AssertNewestTokens(site, during, after, refreshes: minutes == 56 ? 1 : 0);
    }

    [Theory]
    [MemberData(nameof(AgesAndPlaces))]
    public async Task Tokens_that_the_application_sets_are_kept_and_not_refreshed(int minutes, SessionPlace place)
    {
        var (changes, issued) = (false, (RefreshToken: "", AccessToken: ""));
        TestSite? running = null;
        await using var site = running = await StartAsync(place, context =>
        {
            if (changes)
            {
                var pair = running!.Emulator.Tokens.Issue();
                issued = (pair.RefreshToken, pair.AccessToken);
                context.Properties.UpdateTokenValue("access_token", pair.AccessToken);
                context.Properties.UpdateTokenValue("refresh_token", pair.RefreshToken);
                context.Properties.UpdateTokenValue("expires_at", (running.Clock.GetUtcNow() + TestSite.TokenLifetime).ToString("o", CultureInfo.InvariantCulture));
                context.ShouldRenew = true;
            }
        });

        var (during, after) = await SessionsAsync(site, minutes, now => changes = now);

        Assert.Equal(issued, (during.RefreshToken, during.AccessToken));
        Assert.Equal(issued, (after.RefreshToken, after.AccessToken));
        Assert.Equal(0, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(AgesAndPlaces))]
    public async Task Tokens_that_the_application_removes_are_not_restored(int minutes, SessionPlace place)
    {
        var changes = false;
        await using var site = await StartAsync(place, context =>
        {
            if (changes)
            {
                context.Properties.StoreTokens([]);
                context.ShouldRenew = true;
            }
        });
        var browser = await SignedInAsync(site, minutes);

        changes = true;
        var during = await browser.SessionAsync();
        changes = false;
        site.Clock.Pass(TimeSpan.FromMinutes(1));
        var after = await browser.SessionAsync();

        Assert.True(after.SignedIn);
        Assert.Equal((null, null), (during.AccessToken, after.AccessToken));
        Assert.Equal(0, site.RefreshCalls);
    }

    // The session in a request that the application changes, and in the next one.
    private static async Task<(SiteSession During, SiteSession After)> SessionsAsync(TestSite site, int minutes, Action<bool> change)
    {
        var browser = await SignedInAsync(site, minutes);
        change(true);
        var during = await browser.SessionAsync();
        change(false);
        return (during, await browser.SessionAsync());
    }

    private static void AssertNewestTokens(TestSite site, SiteSession during, SiteSession after, int refreshes)
    {
        Assert.Equal(refreshes, site.RefreshCalls);
        Assert.Equal((during.AccessToken, during.RefreshToken, during.ExpiresAt), (after.AccessToken, after.RefreshToken, after.ExpiresAt));
        Assert.True(site.Emulator.Tokens.IsRefreshTokenLive(after.RefreshToken!));
    }

    private static Task<TestSite> StartAsync(
        SessionPlace place, Action<CookieValidatePrincipalContext> validate) => TestSite.StartAsync(setup =>
    {
        setup.Cookie = cookie =>
        {
            cookie.ExpireTimeSpan = TimeSpan.FromMinutes(80);
            cookie.Events.OnValidatePrincipal = async context =>
            {
                await Task.Yield();
                validate(context);
            };
        };
        new SessionStorage(place).Configure(setup);
    });

    private static async Task<SiteBrowser> SignedInAsync(TestSite site, int minutes)
    {
        var browser = await site.SignedInWithTlsAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));
        return browser;
    }
}
