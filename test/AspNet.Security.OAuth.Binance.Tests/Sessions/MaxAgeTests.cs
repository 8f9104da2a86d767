using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A cookie that the browser keeps for two hours (<c>Max-Age</c>), which a refresh does not change.
/// </summary>
public sealed class MaxAgeTests
{
    private static readonly TimeSpan _maxAge = TimeSpan.FromHours(2);
    private static readonly TimeSpan _few = TimeSpan.FromMinutes(5);

    /// <summary>Whether <c>OnSigningIn</c> or the options set the maximum age, and where the session is.</summary>
    public static MatrixTheoryData<bool, SessionPlace> WaysAndPlaces => new([false, true], Enum.GetValues<SessionPlace>());

    /// <summary>The session's age in minutes, at which it slides (at 57, its tokens are due as well), and where it is.</summary>
    public static MatrixTheoryData<int, SessionPlace> AgesAndPlaces => new([50, 57], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(WaysAndPlaces))]
    public async Task A_session_that_is_used_every_few_minutes_ends_after_its_max_age(bool bySigningIn, SessionPlace place)
    {
        await using var site = await StartAsync(cookie => Configure(cookie, bySigningIn), place);
        var browser = site.Browser();
        Assert.Equal(_maxAge, (await browser.SignInAsync()).SessionCookie!.MaxAge);

        for (var age = _few; age < _maxAge; age += _few)
        {
            site.Clock.Pass(_few);
            var response = await browser.GetAsync("/session");
            Assert.True(response.Session.SignedIn);
            Assert.True(response.SessionCookie is null || (place is SessionPlace.Cookie && response.SessionCookie.MaxAge == _maxAge - age));
        }

        site.Clock.Pass(_few);
        Assert.Equal(2, site.RefreshCalls);
        Assert.False(browser.HasSessionCookie);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_refresh_by_another_process_does_not_extend_the_max_age(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var farm = await Farm.StartAsync(setup =>
        {
            setup.Cookie = cookie => Configure(cookie, bySigningIn: true);
            sessions.Configure(setup);
        });
        var browser = (await farm.First.SignedInAsync()).Copy(farm.Second);
        farm.First.Clock.Pass(TimeSpan.FromMinutes(57));

        var response = await browser.GetAsync("/session");

        Assert.Equal(1, farm.First.RefreshCalls);
        Assert.Equal(place is SessionPlace.Cookie ? TimeSpan.FromMinutes(63) : null, response.SessionCookie?.MaxAge);
        farm.First.Clock.Pass(TimeSpan.FromMinutes(63));
        Assert.False(browser.HasSessionCookie);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_refresh_keeps_the_expiry_and_the_max_age(SessionPlace place)
    {
        await using var site = await StartAsync(
            cookie =>
            {
                Configure(cookie, bySigningIn: false);
                cookie.Persist();
            },
            place);
        var browser = site.Browser();
        var signedIn = (await browser.SignInAsync()).SessionCookie!;
        site.Clock.Pass(TimeSpan.FromMinutes(57));

        var refreshed = (await browser.GetAsync("/session")).SessionCookie;

        Assert.NotNull(signedIn.Expires);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(place is SessionPlace.Cookie, refreshed is not null);
        if (refreshed is null)
        {
            return;
        }

        Assert.Equal(signedIn.Expires, refreshed.Expires);
        Assert.Equal(TimeSpan.FromMinutes(63), refreshed.MaxAge);
    }

    // The ticket keeps the time of its first sign-in; the browser counts from the last one.
    [Theory]
    [MemberData(nameof(WaysAndPlaces))]
    public async Task A_page_that_signs_in_with_the_same_ticket_restarts_the_max_age(bool bySigningIn, SessionPlace place)
    {
        await using var site = await StartWithSecondSignInAsync(cookie => Configure(cookie, bySigningIn), place);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(30));
        Assert.Equal(_maxAge, (await browser.GetAsync("/again")).SessionCookie!.MaxAge);
        site.Clock.Pass(TimeSpan.FromMinutes(27));

        var refreshed = await browser.GetAsync("/session");

        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(place is SessionPlace.Cookie ? TimeSpan.FromMinutes(93) : null, refreshed.SessionCookie?.MaxAge);
        site.Clock.Pass(TimeSpan.FromMinutes(92));
        Assert.True(browser.HasSessionCookie);
        site.Clock.Pass(TimeSpan.FromMinutes(1));
        Assert.False(browser.HasSessionCookie);
    }

    [Theory]
    [MemberData(nameof(AgesAndPlaces))]
    public async Task A_slide_restarts_the_max_age_with_or_without_a_refresh(int minutes, SessionPlace place)
    {
        await using var site = await StartAsync(
            cookie => (cookie.Cookie.MaxAge, cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (_maxAge, TimeSpan.FromMinutes(80), true), place);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));

        var response = await browser.GetAsync("/session");

        Assert.Equal(_maxAge, response.SessionCookie!.MaxAge);
        Assert.Equal(minutes == 57 ? 1 : 0, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(WaysAndPlaces))]
    public async Task A_slide_after_a_second_sign_in_with_the_same_ticket_restarts_the_max_age(bool bySigningIn, SessionPlace place)
    {
        await using var site = await StartWithSecondSignInAsync(
            cookie =>
            {
                Configure(cookie, bySigningIn);
                (cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (TimeSpan.FromMinutes(80), true);
            },
            place);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(30));
        await browser.GetAsync("/again");
        site.Clock.Pass(TimeSpan.FromMinutes(20));

        var slid = await browser.GetAsync("/session");

        Assert.Equal(_maxAge, slid.SessionCookie!.MaxAge);
        Assert.Equal(0, site.RefreshCalls);
    }

    [Fact]
    public async Task A_slow_response_has_the_max_age_that_remains_when_it_starts()
    {
        var page = new SlowPage();
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => Configure(cookie, bySigningIn: false);
            setup.Pages["/slow"] = page.ServeAsync;
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(57));
        var slow = await page.OpenAsync(browser);
        site.Clock.Pass(TimeSpan.FromMinutes(5));

        page.Respond();

        Assert.Equal(TimeSpan.FromMinutes(58), (await slow).SessionCookie!.MaxAge);
    }

    private static Task<TestSite> StartAsync(
        Action<CookieAuthenticationOptions> configure, SessionPlace place) => TestSite.StartAsync(setup =>
    {
        setup.Cookie = configure;
        new SessionStorage(place).Configure(setup);
    });

    /// <summary>A site with a page that signs in with the ticket of the request.</summary>
    private static Task<TestSite> StartWithSecondSignInAsync(
        Action<CookieAuthenticationOptions> configure, SessionPlace place) => TestSite.StartAsync(setup =>
    {
        setup.Cookie = configure;
        setup.Pages["/again"] = async context =>
        {
            var session = await context.AuthenticateAsync();
            await context.SignInAsync(session.Principal!, session.Properties);
        };
        new SessionStorage(place).Configure(setup);
    });

    private static void Configure(CookieAuthenticationOptions cookie, bool bySigningIn)
    {
        (cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (TimeSpan.FromDays(14), false);
        if (bySigningIn)
        {
            cookie.Events.OnSigningIn = context =>
            {
                context.CookieOptions.MaxAge = _maxAge;
                return Task.CompletedTask;
            };
        }
        else
        {
            cookie.Cookie.MaxAge = _maxAge;
        }
    }
}
