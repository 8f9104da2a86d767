using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// One callback that a browser delivers twice, by a double click, a preload, or a page that is opened again.
/// </summary>
public sealed class DoubleDeliveryTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(EmulatorEndpoint.Token, false)]
    [InlineData(EmulatorEndpoint.Token, true)]
    [InlineData(EmulatorEndpoint.UserInfo, false)]
    [InlineData(EmulatorEndpoint.UserInfo, true)]
    public async Task Concurrent_deliveries_are_both_signed_in_by_one_exchange(EmulatorEndpoint held, bool firstArrivesLast)
    {
        await using var site = await DeliverySite.StartAsync();
        for (var round = 1; round <= 10; round++)
        {
            var browser = site.Browser();

            var (first, second) = await site.DeliverTwiceAsync(browser, held);

            await AssertBothLiveAsync(site, browser, first, second, firstArrivesLast);
            Assert.Equal((round, round), (site.TokenRequests(), site.UserRequests()));
        }

        Assert.Empty(site.Revocations);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_delivery_after_the_other_s_response_was_sent_is_signed_in_by_the_same_exchange(bool firstArrivesLast)
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();

        var first = await browser.DeliverCallbackAsync(callback);
        var second = await browser.DeliverCallbackAsync(callback);

        await AssertBothLiveAsync(site, browser, first, second, firstArrivesLast);
        Assert.Equal((1, 1), (site.TokenRequests(), site.UserRequests()));
    }

    [Fact(Timeout = 60_000)]
    public async Task Twenty_concurrent_deliveries_are_one_session()
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => browser.DeliverCallbackAsync(callback))));

        HashSet<string?> sessions = [];
        foreach (var response in responses)
        {
            var copy = browser.Copy();
            copy.Receive(response);
            sessions.Add((await site.AssertLiveAsync(copy)).SessionId());
        }

        Assert.NotNull(Assert.Single(sessions));
        Assert.Equal((1, 1), (site.TokenRequests(), site.UserRequests()));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sign_out_of_one_delivery_s_session_ends_the_other_s_and_revokes_once(bool ofTheFirst)
    {
        await using var site = await DeliverySite.StartAsync();
        var (one, other) = (site.Browser(), site.Browser());
        var (first, second) = await site.DeliverTwiceAsync(one);
        one.Receive(ofTheFirst ? first : second);
        other.Receive(ofTheFirst ? second : first);

        await one.GetAsync("/sign-out");

        Assert.False((await other.SessionAsync()).SignedIn);
        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_expiry_of_the_token_is_counted_from_the_exchange()
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        var expiry = site.Clock.GetUtcNow() + TestSite.TokenLifetime;

        await browser.DeliverCallbackAsync(callback);
        site.Clock.Pass(TimeSpan.FromSeconds(59));
        browser.Receive(await browser.DeliverCallbackAsync(callback));

        var session = await site.AssertLiveAsync(browser);
        var ticket = new AuthenticationProperties(session.Items);
        Assert.Equal(expiry, ticket.GetTokenExpiry());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Concurrent_deliveries_of_a_signed_in_user_are_one_new_session(bool firstArrivesLast)
    {
        await using var site = await DeliverySite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = (await browser.SessionAsync()).SessionId();

        var (first, second) = await site.DeliverTwiceAsync(browser);

        var session = await AssertBothLiveAsync(site, browser, first, second, firstArrivesLast);
        Assert.NotEqual(before, session);
        Assert.Equal(2, site.TokenRequests());
        Assert.Empty(site.Revocations);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refresh_in_the_session_of_one_delivery_applies_to_that_of_the_other()
    {
        await using var site = await DeliverySite.StartAsync();
        var (one, other) = (site.Browser(), site.Browser());
        var (first, second) = await site.DeliverTwiceAsync(one);
        one.Receive(first);
        other.Receive(second);
        site.Clock.Pass(TestSite.TokenLifetime);

        var (here, there) = (await site.AssertLiveAsync(one), await site.AssertLiveAsync(other));

        Assert.Equal(here.AccessToken, there.AccessToken);
        Assert.Equal(1, site.RefreshCalls);
    }

    private static async Task<string?> AssertBothLiveAsync(
        TestSite site, SiteBrowser browser, SiteResponse first, SiteResponse second, bool firstArrivesLast)
    {
        Assert.Equal((null, null), (first.Failure(), second.Failure()));
        var (one, other) = (browser.Copy(), browser.Copy());
        one.Receive(first);
        other.Receive(second);
        browser.Receive(firstArrivesLast ? second : first);
        browser.Receive(firstArrivesLast ? first : second);

        var session = await site.AssertLiveAsync(browser);
        Assert.NotNull(session.SessionId());
        foreach (var copy in new[] { one, other })
        {
            var same = await site.AssertLiveAsync(copy);
            Assert.Equal((session.SessionId(), session.AccessToken, session.RefreshToken), (same.SessionId(), same.AccessToken, same.RefreshToken));
        }

        return session.SessionId();
    }
}
