using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// A refresh never changes how long a session lasts: the cookie's own options decide.
/// </summary>
public sealed class SessionTimeTests
{
    private static readonly TimeSpan _sessionLife = TimeSpan.FromHours(8);

    [Fact]
    public async Task Refreshes_do_not_extend_a_cookie_of_eight_hours()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = Fixed);
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        Assert.Equal(before.Issued + _sessionLife, before.Expires);

        for (var refresh = 1; refresh <= 5; refresh++)
        {
            site.Clock.Pass(TimeSpan.FromHours(1));
            var response = await browser.GetAsync("/session");
            Assert.NotNull(response.SessionCookie);
            Assert.Equal((before.Issued, before.Expires), (response.Session.Issued, response.Session.Expires));

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
    public async Task Refresh_does_not_slide_a_cookie_that_is_not_due_to_slide()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = Sliding);
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
    public async Task Cookie_slides_and_gets_new_tokens_in_one_request(bool persistent)
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie =>
        {
            Sliding(cookie);
            MakePersistent(cookie, persistent);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromHours(5));

        var response = await browser.GetAsync("/session");
        var next = await browser.SessionAsync();

        var now = site.Clock.GetUtcNow();
        Assert.Equal((now, now + _sessionLife), (next.Issued, next.Expires));
        Assert.Equal(persistent ? now + _sessionLife : null, response.SessionCookie!.Expires);
        Assert.Single(response.SetCookies, cookie => cookie.Name.Value == SiteResponse.CookieName);
        Assert.Equal(response.Session.AccessToken, next.AccessToken);
        Assert.True(site.Emulator.Tokens.IsLive(next.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Cookie_slides_when_the_refresh_fails()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = Sliding);
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
    public async Task Cookie_slides_without_AutomaticRefresh()
    {
        await using var site = await TestSite.StartAsync(setup =>
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
    public async Task Refresh_keeps_the_attributes_of_the_cookie(bool persistent)
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie =>
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
    public async Task Response_with_the_renewed_cookie_has_no_store()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        var refreshed = await site.Server.CreateRequest("/page").AddHeader("Cookie", browser.CookieHeader()).GetAsync();

        Assert.True(refreshed.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task Refresh_rewrites_all_chunks_of_a_chunked_cookie()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie => cookie.CookieManager = new ChunkingCookieManager { ChunkSize = 300 });
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
