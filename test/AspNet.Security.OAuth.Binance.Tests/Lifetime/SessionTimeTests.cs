using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// A refresh never changes how long a session lasts: that is what the cookie's own settings say.
/// </summary>
public sealed class SessionTimeTests
{
    private static readonly TimeSpan _sessionLife = TimeSpan.FromHours(8);

    [Fact]
    public async Task A_cookie_of_eight_hours_that_does_not_slide_ends_at_eight_hours_after_five_refreshes()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = Fixed);
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        Assert.Equal(before.Issued + _sessionLife, before.Expires);

        for (var refresh = 1; refresh <= 5; refresh++)
        {
            site.Clock.Pass(TimeSpan.FromHours(1));
            var answer = await browser.GetAsync("/session");
            Assert.NotNull(answer.SessionCookie);
            Assert.Equal((before.Issued, before.Expires), (answer.Session.Issued, answer.Session.Expires));

            var next = await browser.SessionAsync();
            Assert.Equal((before.Issued, before.Expires), (next.Issued, next.Expires));
            Assert.Equal(refresh, site.RefreshCalls);
        }

        site.Clock.Pass(TimeSpan.FromHours(3));
        Assert.True((await browser.Copy().SessionAsync()).SignedIn);

        site.Clock.Pass(TimeSpan.FromSeconds(1));
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_refresh_does_not_slide_a_cookie_whose_time_to_slide_has_not_come()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = Sliding);
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(TimeSpan.FromHours(1));

        await browser.SessionAsync();
        var after = await browser.SessionAsync();

        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal((before.Issued, before.Expires), (after.Issued, after.Expires));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cookie_that_slides_in_the_same_request_slides_and_holds_the_new_tokens(bool persistent)
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie =>
        {
            Sliding(cookie);
            MakePersistent(cookie, persistent);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromHours(5));

        var answer = await browser.GetAsync("/session");
        var next = await browser.SessionAsync();

        var now = site.Clock.GetUtcNow();
        Assert.Equal((now, now + _sessionLife), (next.Issued, next.Expires));
        Assert.Equal(persistent ? now + _sessionLife : null, answer.SessionCookie!.Expires);
        Assert.Single(answer.SetCookies, cookie => cookie.Name.Value == SiteAnswer.CookieName);
        Assert.Equal(answer.Session.AccessToken, next.AccessToken);
        Assert.True(site.Emulator.Tokens.IsLive(next.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_cookie_slides_when_the_refresh_in_the_same_request_fails()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = Sliding);
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(TimeSpan.FromHours(5));
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        await browser.SessionAsync();
        var after = await browser.SessionAsync();

        Assert.Equal(site.Clock.GetUtcNow() + _sessionLife, after.Expires);
        Assert.Equal(before.AccessToken, after.AccessToken);
    }

    [Fact]
    public async Task A_cookie_slides_without_a_refresh_as_it_always_did()
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = Sliding;
            setup.Binance = options => options.AutomaticRefresh = false;
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromHours(5));

        await browser.SessionAsync();

        Assert.Equal(site.Clock.GetUtcNow() + _sessionLife, (await browser.SessionAsync()).Expires);
        Assert.Equal(0, site.RefreshCalls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refresh_leaves_the_browser_s_own_expiry_as_it_was(bool persistent)
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie =>
        {
            Fixed(cookie);
            MakePersistent(cookie, persistent);
        });
        var browser = site.Browser();
        var signedIn = (await browser.SignInAsync()).SessionCookie!;
        site.Clock.Pass(TimeSpan.FromHours(1));

        var refreshed = (await browser.GetAsync("/session")).SessionCookie!;

        Assert.Equal(persistent, signedIn.Expires is not null);
        Assert.Equal(signedIn.Expires, refreshed.Expires);
        Assert.NotEqual(signedIn.Value, refreshed.Value);
        Assert.Equal(
            (signedIn.Path, signedIn.Domain, signedIn.HttpOnly, signedIn.Secure, signedIn.SameSite, signedIn.MaxAge),
            (refreshed.Path, refreshed.Domain, refreshed.HttpOnly, refreshed.Secure, refreshed.SameSite, refreshed.MaxAge));
    }

    [Fact]
    public async Task The_answer_with_the_renewed_cookie_is_kept_by_no_cache()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        var refreshed = await site.Server.CreateRequest("/page").AddHeader("Cookie", browser.CookieHeader).GetAsync();

        Assert.True(refreshed.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_session_that_would_not_fit_into_one_cookie_is_refreshed_in_all_its_parts()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie => cookie.CookieManager = new ChunkingCookieManager { ChunkSize = 300 });
        var browser = await site.WithExpiredTokenAsync();

        await browser.SessionAsync();
        var next = await browser.SessionAsync();

        Assert.Equal(1, site.RefreshCalls);
        Assert.True(site.Emulator.Tokens.IsLive(next.AccessToken!));
    }

    private static void Fixed(CookieAuthenticationOptions cookie) => (cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (_sessionLife, false);

    private static void Sliding(CookieAuthenticationOptions cookie) => (cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (_sessionLife, true);

    private static void MakePersistent(CookieAuthenticationOptions cookie, bool persistent)
        => cookie.Events.OnSigningIn = context =>
        {
            context.Properties.IsPersistent = persistent;
            return Task.CompletedTask;
        };
}
