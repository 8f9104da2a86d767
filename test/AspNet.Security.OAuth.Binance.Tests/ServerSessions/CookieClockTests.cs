using System.Globalization;
using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Sessions whose times are not those of the container's clock.
/// </summary>
public sealed class CookieClockTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cookie_with_a_clock_of_its_own_signs_in(bool onServer)
    {
        await using var site = await StartAsync(onServer, options => options.TimeProvider = new FakeTimeProvider());
        var browser = site.Browser();

        await browser.GetAsync("/become?user=somebody");

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Logged(LogLevel.Error));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sign_in_that_has_expired_already_is_no_failure_of_the_cache(bool onServer)
    {
        await using var site = await StartAsync(onServer, static _ => { });
        var browser = site.Browser();
        var until = Uri.EscapeDataString((site.Clock.GetUtcNow() - TimeSpan.FromMinutes(1)).ToString("o", CultureInfo.InvariantCulture));

        var answer = await browser.GetAsync("/become?user=somebody&until=" + until);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Empty(site.Logged(LogLevel.Error));
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    private static Task<LifetimeSite> StartAsync(bool onServer, Action<CookieAuthenticationOptions> cookie)
        => ApplicationSites.StartAsync(setup =>
        {
            setup.Cookie = cookie;
            if (!onServer)
            {
                setup.Authentication = static (_, _) => { };
            }
        });
}
