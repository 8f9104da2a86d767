using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// An application that gives the cookie attributes of its own in <c>OnSigningIn</c>: whatever writes the cookie later repeats them, and
/// what deletes it names the cookie that the browser has.
/// </summary>
public sealed class CookieAttributesTests
{
    public static MatrixTheoryData<string, SessionPlace> AttributesAndPlaces => new([.. CookieAttributes.Names], Enum.GetValues<SessionPlace>());

    // Whoever begins the session's time anew begins its maximum age anew, too.
    public static MatrixTheoryData<string, SessionPlace> AttributesOfARenewedCookie
        => new([.. CookieAttributes.Names.Where(name => name != "Max-Age")], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(AttributesAndPlaces))]
    public async Task The_cookie_keeps_its_attributes_through_refreshes_and_is_gone_after_the_sign_out(string attribute, SessionPlace place)
    {
        await using var site = await CookieAttributes.StartAsync(attribute, new SessionStorage(place));
        var browser = new CookieJarBrowser(site, CookieAttributes.Host);
        await browser.SignInAsync("/shop");
        var before = browser.SessionCookie;
        CookieAttributes.AssertHas(attribute, before, site.Clock);

        for (var refresh = 1; refresh <= 2; refresh++)
        {
            site.Clock.Pass(LifetimeSite.TokenLifetime);
            Assert.True((await browser.SessionAsync("/shop")).SignedIn);
            Assert.Equal(before.Attributes, browser.SessionCookie.Attributes);
            Assert.Equal(place is not SessionPlace.Cookie, before.Value == browser.SessionCookie.Value);
            Assert.Equal(refresh, site.RefreshCalls);
        }

        await browser.GetAsync("/shop/sign-out");

        Assert.False(browser.HasSessionCookie);
        Assert.False((await browser.SessionAsync("/shop")).SignedIn);
        Assert.Single(site.Revocations);
    }

    [Theory]
    [MemberData(nameof(AttributesOfARenewedCookie))]
    public async Task The_cookie_keeps_its_attributes_when_it_slides_without_a_refresh(string attribute, SessionPlace place)
    {
        await using var site = await CookieAttributes.StartAsync(
            attribute, new SessionStorage(place), cookie => cookie.ExpireTimeSpan = TimeSpan.FromMinutes(80));
        var browser = new CookieJarBrowser(site, CookieAttributes.Host);
        await browser.SignInAsync("/shop");
        var before = browser.SessionCookie;
        site.Clock.Pass(TimeSpan.FromMinutes(50));

        await browser.GetAsync("/shop/page");

        Assert.Equal(site.Clock.GetUtcNow() + TimeSpan.FromMinutes(80), (await browser.Copy().SessionAsync("/shop")).Expires);
        Assert.Equal(before.Attributes, browser.SessionCookie.Attributes);
        Assert.Equal(0, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(AttributesOfARenewedCookie))]
    public async Task The_cookie_keeps_its_attributes_when_the_application_renews_it(string attribute, SessionPlace place)
    {
        var renews = false;
        await using var site = await CookieAttributes.StartAsync(attribute, new SessionStorage(place), cookie
            => cookie.Events.OnValidatePrincipal = context => Task.FromResult(context.ShouldRenew = renews));
        var browser = new CookieJarBrowser(site, CookieAttributes.Host);
        await browser.SignInAsync("/shop");
        var before = browser.SessionCookie;
        site.Clock.Pass(TimeSpan.FromMinutes(10));
        renews = true;

        await browser.GetAsync("/shop/page");
        renews = false;

        Assert.Equal(site.Clock.GetUtcNow(), (await browser.SessionAsync("/shop")).Issued);
        Assert.Equal(before.Attributes, browser.SessionCookie.Attributes);
    }
}
