
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Sessions whose times differ from the site's <see cref="TimeProvider"/>.
/// </summary>
public sealed class CookieClockTests
{
    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_cookie_with_its_own_time_provider_signs_in(SessionPlace place)
    {
        await using var site = await StartAsync(place, options => options.TimeProvider = new FakeTimeProvider());
        var browser = site.Browser();

        await browser.AdoptAsync(new());

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Logged(LogLevel.Error));
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_sign_in_with_an_expired_ticket_is_no_outage(SessionPlace place)
    {
        await using var site = await StartAsync(place, static _ => { });
        var browser = site.Browser();
        var expired = new AuthenticationProperties { ExpiresUtc = site.Clock.GetUtcNow() - TimeSpan.FromMinutes(1) };

        await browser.AdoptAsync(expired);

        Assert.Empty(site.Logged(LogLevel.Error));
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    private static Task<TestSite> StartAsync(SessionPlace place, Action<CookieAuthenticationOptions> cookie) => TestSite.StartAsync(setup =>
    {
        setup.Cookie = cookie;
        new SessionStorage(place).Configure(setup);
    });
}
