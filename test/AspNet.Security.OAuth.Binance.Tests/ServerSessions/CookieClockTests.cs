
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
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
    public async Task A_cookie_with_its_own_time_provider_slides(SessionPlace place)
    {
        var time = new FakeTimeProvider();
        await using var site = await StartAsync(place, options => options.TimeProvider = time);
        var browser = site.Browser();
        await browser.AdoptAsync(new());
        time.Advance(TimeSpan.FromDays(8));
        await browser.GetAsync("/");

        time.Advance(TimeSpan.FromDays(8));

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_user_of_a_cookie_with_its_own_time_provider_is_live_until_the_session_expires()
    {
        var time = new FakeTimeProvider();
        await using var hub = await HubSite.StartAsync(setup => setup.Cookie = options => options.TimeProvider = time);
        var browser = hub.Site.Browser();
        await browser.AdoptAsync(new());
        var user = await hub.UserAsync(browser);
        Assert.True(await hub.Site.Sessions().IsLiveAsync(user, TestContext.Current.CancellationToken));

        time.Advance(TimeSpan.FromDays(14));

        Assert.False(await hub.Site.Sessions().IsLiveAsync(user, TestContext.Current.CancellationToken));
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
