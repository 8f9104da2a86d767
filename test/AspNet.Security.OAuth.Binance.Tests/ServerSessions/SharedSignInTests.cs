using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// An application copies the tokens of a sign-in into new properties, and signs in to another cookie with them.
/// </summary>
public sealed class SharedSignInTests
{
    [Fact]
    public async Task The_session_is_listed_for_the_user_of_the_scheme_that_issued_the_tokens()
    {
        var move = new TemporaryCookie(SignOutFirst: false, NewProperties: true, RevokeOnSignOut: true);
        await using var site = await TestSite.StartAsync(setup => move.Configure(setup, TemporaryCookie.Sessions(SessionPlace.Server)));
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/register");

        var session = Assert.Single(await site.ListAsync());
        Assert.Equal(("Binance", "Cookies"), (session.Scheme, session.CookieScheme));
        Assert.True(await site.EndAsync(session.Id));
        Assert.False((await browser.SessionAsync()).SignedIn);
    }
}
