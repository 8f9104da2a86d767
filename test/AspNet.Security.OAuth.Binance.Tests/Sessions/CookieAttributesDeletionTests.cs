using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A cookie with attributes that the application sets, when its session is refused, signed out while it is due, replaced, or refreshed by
/// another process, and when it is split into parts.
/// </summary>
public sealed class CookieAttributesDeletionTests
{
    public static TheoryData<string> Attributes => [.. CookieAttributes.Names];

    public static MatrixTheoryData<string, SessionPlace> AttributesAndPlaces => new([.. CookieAttributes.Names], Enum.GetValues<SessionPlace>());

    public static MatrixTheoryData<bool, SessionPlace> PartitionsAndPlaces => new([false, true], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(AttributesAndPlaces))]
    public async Task A_refused_refresh_deletes_the_cookie_or_its_stored_session(string attribute, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await CookieAttributes.StartAsync(attribute, sessions);
        var browser = await CookieAttributes.SignInAsync(site);
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.False((await browser.SessionAsync(below: "/shop")).SignedIn);

        Assert.Equal(sessions.IsOnServer, browser.HasSessionCookie);
        Assert.Empty(sessions.Entries);
    }

    [Theory]
    [MemberData(nameof(Attributes))]
    public async Task All_parts_of_a_long_cookie_keep_their_attributes_and_are_deleted_by_the_sign_out(string attribute)
    {
        await using var site = await CookieAttributes.StartAsync(
            attribute, new SessionStorage(SessionPlace.Cookie), cookie => cookie.CookieManager = new ChunkingCookieManager { ChunkSize = 600 });
        var browser = await CookieAttributes.SignInAsync(site);
        var before = browser.SessionCookie;
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.True((await browser.SessionAsync(below: "/shop")).SignedIn);
        Assert.True((await browser.SessionAsync(below: "/shop")).SignedIn);

        var parts = browser.Jar.Names.Where(name => name.StartsWith(SiteResponse.CookieName, StringComparison.Ordinal)).ToArray();
        Assert.True(parts.Length > 2);
        Assert.Equal(parts.Distinct(), parts);
        Assert.All(parts, part => Assert.Equal(before.Attributes, Assert.Single(browser.Jar.Named(part)).Attributes));
        Assert.Equal(1, site.RefreshCalls);

        await browser.GetAsync("/shop/sign-out");
        Assert.False(browser.HasSessionCookie);
    }

    [Theory]
    [MemberData(nameof(AttributesAndPlaces))]
    public async Task A_sign_out_in_the_request_that_refreshes_deletes_the_cookie_with_one_header(string attribute, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await CookieAttributes.StartAsync(attribute, sessions);
        var browser = await CookieAttributes.SignInAsync(site);
        site.Clock.Pass(TestSite.TokenLifetime);

        var response = await browser.GetAsync("/shop/sign-out");

        Assert.Single(response.SetCookies);
        Assert.False(browser.HasSessionCookie);
        Assert.Empty(sessions.Entries);
    }

    [Theory]
    [MemberData(nameof(AttributesAndPlaces))]
    public async Task A_second_sign_in_replaces_the_cookie(string attribute, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await CookieAttributes.StartAsync(attribute, sessions);
        var browser = await CookieAttributes.SignInAsync(site);
        var before = browser.SessionCookie;

        await browser.SignInAsync(login: "/shop/login");

        Assert.NotEqual(before.Value, browser.SessionCookie.Value);
        Assert.Equal(before.Attributes, browser.SessionCookie.Attributes);
    }

    [Theory]
    [MemberData(nameof(AttributesAndPlaces))]
    public async Task Another_process_refreshes_and_deletes_the_same_cookie(string attribute, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await CookieAttributes.StartAsync(attribute, sessions);
        await using var neighbour = await site.StartNeighbourAsync(setup => CookieAttributes.Configure(setup, attribute, sessions));
        var browser = await CookieAttributes.SignInAsync(site);
        var before = browser.SessionCookie;
        site.Clock.Pass(TestSite.TokenLifetime);
        var elsewhere = browser.At(neighbour);

        Assert.True((await elsewhere.SessionAsync(below: "/shop")).SignedIn);
        Assert.Equal(before.Attributes, elsewhere.SessionCookie.Attributes);
        Assert.Equal(1, site.RefreshCalls);

        await elsewhere.GetAsync("/shop/sign-out");
        Assert.False(elsewhere.HasSessionCookie);
        Assert.Single(site.Revocations);
        Assert.Empty(sessions.Entries);
    }

    [Theory]
    [MemberData(nameof(PartitionsAndPlaces))]
    public async Task Attributes_of_the_cookie_options_are_repeated_by_a_refresh_and_by_the_deletion(bool partitioned, SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = options =>
            {
                var cookie = options.Cookie;
                (cookie.Domain, cookie.Path, cookie.SameSite) = ("shop.example", "/", SameSiteMode.None);
                if (partitioned)
                {
                    cookie.Extensions.Add("Partitioned");
                }
            };
            new SessionStorage(place).Configure(setup);
        });
        site.AllowCallbacks($"https://{CookieAttributes.Host}");
        var browser = site.BrowserWithTls(CookieAttributes.Host);
        await browser.SignInAsync();
        var before = browser.SessionCookie;
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(before.Attributes, browser.SessionCookie.Attributes);
        Assert.Equal(("shop.example", partitioned), (before.Domain, before.IsPartitioned));
        Assert.Equal(1, site.RefreshCalls);

        await browser.GetAsync("/sign-out");
        Assert.False(browser.HasSessionCookie);
    }
}
