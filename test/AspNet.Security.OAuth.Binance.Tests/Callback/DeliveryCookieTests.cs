using AspNet.Security.OAuth.Binance.Tests.Sessions;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A sign-in that is delivered twice, to cookies of other kinds.
/// </summary>
public sealed class DeliveryCookieTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sessions_in_a_store_live_whichever_response_arrives_last_and_end_together(bool firstArrivesLast)
    {
        var store = new MemoryTicketStore();
        await using var site = await DeliverySite.StartAsync(setup => setup.Cookie = cookie => cookie.SessionStore = store);
        var (browser, other) = (site.Browser(), site.Browser());

        var (first, second) = await site.DeliverTwiceAsync(browser);
        other.Receive(firstArrivesLast ? second : first);
        browser.Receive(firstArrivesLast ? second : first);
        browser.Receive(firstArrivesLast ? first : second);

        var (here, there) = (await site.AssertLiveAsync(browser), await site.AssertLiveAsync(other));
        Assert.Equal((here.SessionId(), here.AccessToken), (there.SessionId(), there.AccessToken));
        await browser.GetAsync("/sign-out");
        Assert.False((await other.SessionAsync()).SignedIn);
        Assert.Single(site.Revocations);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_temporary_cookie_is_registered_whichever_response_arrives_last(bool signOutFirst, bool firstArrivesLast)
    {
        var move = new TemporaryCookie(signOutFirst, NewProperties: false, Stored: false, RevokeOnSignOut: true);
        await using var site = await DeliverySite.StartAsync(setup => move.Configure(setup));
        var browser = site.Browser();

        var (first, second) = await site.DeliverTwiceAsync(browser);
        browser.Receive(firstArrivesLast ? second : first);
        browser.Receive(firstArrivesLast ? first : second);
        await browser.GetAsync("/register");

        await site.AssertLiveAsync(browser);
        Assert.Empty(site.Revocations);
        Assert.Equal(1, site.TokenRequests());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_response_that_arrives_after_the_registration_leaves_the_session_and_its_token_alone()
    {
        var move = new TemporaryCookie(SignOutFirst: false, NewProperties: false, Stored: false, RevokeOnSignOut: true);
        await using var site = await DeliverySite.StartAsync(setup => move.Configure(setup));
        var browser = site.Browser();

        var (first, second) = await site.DeliverTwiceAsync(browser);
        browser.Receive(first);
        await browser.GetAsync("/register");
        browser.Receive(second);

        await site.AssertLiveAsync(browser);
        await site.PassAsync(TimeSpan.FromMinutes(2));
        await site.AssertLiveAsync(browser);
        Assert.Empty(site.Revocations);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_saved_tokens_both_deliveries_are_signed_in_and_nothing_is_revoked(bool firstArrivesLast)
    {
        await using var site = await DeliverySite.StartAsync(setup => setup.Binance = options
            => (options.SaveTokens, options.AutomaticRefresh, options.RevokeOnSignOut) = (false, false, false));
        var (browser, other) = (site.Browser(), site.Browser());

        var (first, second) = await site.DeliverTwiceAsync(browser);
        other.Receive(firstArrivesLast ? second : first);
        browser.Receive(firstArrivesLast ? second : first);
        browser.Receive(firstArrivesLast ? first : second);

        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.Null(session.AccessToken);
        Assert.True((await other.SessionAsync()).SignedIn);
        Assert.Equal((1, 1), (site.TokenRequests(), site.UserRequests()));
        await site.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(site.Revocations);
    }
}
