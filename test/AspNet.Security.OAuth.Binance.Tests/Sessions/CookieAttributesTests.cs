using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;



namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// An application that sets attributes of the cookie in <c>OnSigningIn</c>: later writes and the deletion repeat them, because a browser
/// knows a cookie by its name, domain and path.
/// </summary>
public sealed class CookieAttributesTests
{
    public static MatrixTheoryData<string, SessionPlace> AttributesAndPlaces => new([.. CookieAttributes.Names], Enum.GetValues<SessionPlace>());

    // A slide or a renewal restarts the maximum age as well.
    public static MatrixTheoryData<string, SessionPlace> AttributesOfARenewedCookie
        => new([.. CookieAttributes.Names.Where(name => name != "Max-Age")], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(AttributesAndPlaces))]
    public async Task The_cookie_keeps_its_attributes_through_refreshes_and_is_deleted_by_the_sign_out(string attribute, SessionPlace place)
    {
        await using var site = await CookieAttributes.StartAsync(attribute, new SessionStorage(place));
        var browser = await CookieAttributes.SignInAsync(site);
        var before = browser.SessionCookie;
        CookieAttributes.AssertHas(attribute, before, site.Clock);

        for (var refresh = 1; refresh <= 2; refresh++)
        {
            site.Clock.Pass(TestSite.TokenLifetime);
            Assert.True((await browser.SessionAsync(below: "/shop")).SignedIn);
            Assert.Equal(before.Attributes, browser.SessionCookie.Attributes);
            Assert.Equal(place is not SessionPlace.Cookie, before.Value == browser.SessionCookie.Value);
            Assert.Equal(refresh, site.RefreshCalls);
        }

        await browser.GetAsync("/shop/sign-out");

        Assert.False(browser.HasSessionCookie);
        Assert.False((await browser.SessionAsync(below: "/shop")).SignedIn);
        Assert.Single(site.Revocations);
    }

    [Theory]
    [MemberData(nameof(AttributesOfARenewedCookie))]
    public async Task The_cookie_keeps_its_attributes_when_it_slides_without_a_refresh(string attribute, SessionPlace place)
    {
        await using var site = await CookieAttributes.StartAsync(
            attribute, new SessionStorage(place), cookie => cookie.ExpireTimeSpan = TimeSpan.FromMinutes(80));
        var browser = await CookieAttributes.SignInAsync(site);
        var before = browser.SessionCookie;
        site.Clock.Pass(TimeSpan.FromMinutes(50));

        await browser.GetAsync("/shop/page");

        Assert.Equal(site.Clock.GetUtcNow() + TimeSpan.FromMinutes(80), (await browser.Copy().SessionAsync(below: "/shop")).Expires);
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
        var browser = await CookieAttributes.SignInAsync(site);
        var before = browser.SessionCookie;
        site.Clock.Pass(TimeSpan.FromMinutes(10));
        renews = true;

        await browser.GetAsync("/shop/page");
        renews = false;

        Assert.Equal(site.Clock.GetUtcNow(), (await browser.SessionAsync(below: "/shop")).Issued);
        Assert.Equal(before.Attributes, browser.SessionCookie.Attributes);
    }
}
