using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Builder;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A sign-in over a session whose cookie has another path or domain than the cookie handler would choose: the browser still has one cookie.
/// </summary>
public sealed class CookieReplacementTests
{
    private const string Domain = "shop.example";

    [Fact]
    public async Task A_sign_in_below_another_path_replaces_the_cookie()
    {
        await using var site = await TestSite.StartAsync(static setup => setup.UseBefore(static app => app.UsePathBase("/admin")));
        site.AllowCallbacks("https://localhost/admin");
        var browser = await site.SignedInWithTlsAsync();
        var before = browser.SessionCookie;

        await browser.SignInAsync(login: "/admin/login");

        Assert.Equal("/", browser.SessionCookie.Path);
        Assert.NotEqual(before.Value, browser.SessionCookie.Value);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // The application's new version has no event, and is deployed to one process first.
    [Fact]
    public async Task A_cookie_that_replaces_one_with_a_domain_keeps_it_through_a_refresh_when_no_event_sets_it_any_more()
    {
        await using var site = await TestSite.StartAsync(static setup => setup.Cookie = static cookie => cookie.Events.OnSigningIn = static context =>
        {
            context.CookieOptions.Domain = Domain;
            return Task.CompletedTask;
        });
        await using var updated = await site.StartNeighbourAsync();
        site.AllowCallbacks($"https://{CookieAttributes.Host}");
        var browser = site.BrowserWithTls(CookieAttributes.Host);
        await browser.SignInAsync();
        var there = browser.At(updated);
        await there.SignInAsync();
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.True((await there.SessionAsync()).SignedIn);

        Assert.Equal(Domain, there.SessionCookie.Domain);
        Assert.Equal(1, site.RefreshCalls);
    }
}
