using System.Text;

using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The cookie of a server session has at most 400 bytes, whatever the session contains.
/// </summary>
public sealed class KeyCookieTests
{
    private const int Limit = 400;

    private static readonly string _long = new('x', 64);

    [Fact]
    public async Task The_cookie_of_a_Binance_session_is_short()
    {
        await using var site = await ServerSite.StartAsync();

        var browser = await site.SignedInAsync();

        AssertIsShort(browser);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task The_cookie_does_not_grow_with_the_scheme_and_the_user_id()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = site.Browser();

        await browser.GetAsync($"/as?user={_long}&scheme={_long}");

        AssertIsShort(browser);
        Assert.Equal(_long, (await browser.SessionAsync()).UserId);
    }

    [Fact]
    public async Task A_cookie_of_a_long_scheme_is_short_with_its_name()
    {
        await using var site = await ServerSite.StartAsync(setup =>
        {
            setup.Authentication = builder => builder.AddCookie(_long);
            setup.Binance = options => options.SignInScheme = _long;
        });

        var browser = await site.SignedInAsync();

        AssertIsShort(browser);
        Assert.True(browser.HasCookie(".AspNetCore." + _long));
        Assert.True((await browser.SessionAsync(_long)).SignedIn);
    }

    [Fact]
    public async Task A_persistent_cookie_that_slides_stays_short()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Persist());
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromDays(8));

        Assert.NotNull((await browser.GetAsync("/session")).SessionCookie);

        AssertIsShort(browser);
    }

    private static void AssertIsShort(SiteBrowser browser) => Assert.InRange(Encoding.UTF8.GetByteCount(browser.CookieHeader()), 1, Limit);
}
