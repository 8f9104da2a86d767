using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// One callback that a browser delivers twice: a double click, a preload, a page that is opened again.
/// </summary>
public sealed class DoubleDeliveryTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(EmulatorEndpoint.Token, false)]
    [InlineData(EmulatorEndpoint.Token, true)]
    [InlineData(EmulatorEndpoint.UserInfo, false)]
    [InlineData(EmulatorEndpoint.UserInfo, true)]
    public async Task Deliveries_at_once_are_both_signed_in_by_one_exchange_ten_times_over(EmulatorEndpoint held, bool firstArrivesLast)
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
        var browser = site.Browser();
        var callback = await browser.ConsentAsync();

        var first = await browser.ComeBackAsync(callback);
        var second = await browser.ComeBackAsync(callback);

        await AssertBothLiveAsync(site, browser, first, second, firstArrivesLast);
        Assert.Equal((1, 1), (site.TokenRequests(), site.UserRequests()));
    }

    [Fact(Timeout = 60_000)]
    public async Task Twenty_deliveries_at_once_are_one_session()
    {
        await using var site = await DeliverySite.StartAsync();
        var browser = site.Browser();
        var callback = await browser.ConsentAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => browser.ComeBackAsync(callback))));

        HashSet<string?> sessions = [];
        foreach (var answer in answers)
        {
            var copy = browser.Copy();
            copy.Receive(answer);
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
        var browser = site.Browser();
        var callback = await browser.ConsentAsync();
        var expiry = site.Clock.GetUtcNow() + LifetimeSite.TokenLifetime;

        await browser.ComeBackAsync(callback);
        site.Clock.Pass(TimeSpan.FromSeconds(59));
        browser.Receive(await browser.ComeBackAsync(callback));

        var session = await site.AssertLiveAsync(browser);
        var ticket = new AuthenticationProperties(session.Items);
        Assert.Equal(expiry, ticket.GetTokenExpiry());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deliveries_at_once_of_a_user_who_was_signed_in_before_are_one_new_session(bool firstArrivesLast)
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
    public async Task A_refresh_in_one_delivery_s_session_is_the_other_s_too()
    {
        await using var site = await DeliverySite.StartAsync();
        var (one, other) = (site.Browser(), site.Browser());
        var (first, second) = await site.DeliverTwiceAsync(one);
        one.Receive(first);
        other.Receive(second);
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        var (here, there) = (await site.AssertLiveAsync(one), await site.AssertLiveAsync(other));

        Assert.Equal(here.AccessToken, there.AccessToken);
        Assert.Equal(1, site.RefreshCalls);
    }

    private static async Task<string?> AssertBothLiveAsync(
        LifetimeSite site, LifetimeBrowser browser, SiteAnswer first, SiteAnswer second, bool firstArrivesLast)
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
