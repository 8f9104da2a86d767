using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// The cookie of a session that a sign-in in the same browser has replaced. Requests that still bring it finish as they began; it is never
/// written again, and ends.
/// </summary>
public sealed class ReplacedCookieTests
{
    [Theory]
    [InlineData(Pending.Refresh)]
    [InlineData(Pending.Slide)]
    [InlineData(Pending.RefreshAndSlide)]
    [InlineData(Pending.Renewal)]
    public async Task The_replaced_cookie_is_signed_in_for_ten_minutes_and_not_written(Pending pending)
    {
        await using var site = await StartAsync(pending);
        var (browser, replaced) = await ReplaceAsync(site, pending);

        foreach (var minutes in new[] { 0, 5, 4 })
        {
            site.Clock.Pass(TimeSpan.FromMinutes(minutes));
            var answer = await replaced.SendAsync("/slow");
            Assert.Equal("a page", answer.Body);
            Assert.Null(answer.SessionCookie);
            Assert.Equal(BinanceEmulatorDefaults.UserId, (await replaced.SendAsync("/session")).Session.UserId);
        }

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await browser.SessionAsync()).UserId);
    }

    [Theory]
    [InlineData(Pending.Refresh)]
    [InlineData(Pending.Slide)]
    [InlineData(Pending.Renewal)]
    public async Task The_replaced_cookie_is_rejected_after_ten_minutes(Pending pending)
    {
        await using var site = await StartAsync(pending);
        var (browser, replaced) = await ReplaceAsync(site, pending);

        site.Clock.Pass(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));

        Assert.False((await replaced.SendAsync("/session")).Session.SignedIn);
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await browser.SessionAsync()).UserId);
    }

    [Fact]
    public async Task The_replaced_cookie_is_rejected_as_soon_as_the_new_session_has_signed_out()
    {
        await using var site = await StartAsync(Pending.Renewal);
        var (browser, replaced) = await ReplaceAsync(site, Pending.Renewal);

        await browser.GetAsync("/sign-out");

        Assert.False((await replaced.SendAsync("/session")).Session.SignedIn);
    }

    [Fact]
    public async Task The_first_of_three_sessions_is_rejected_as_soon_as_the_third_has_signed_out()
    {
        await using var site = await StartAsync(Pending.Renewal);
        var (browser, replaced) = await ReplaceAsync(site, Pending.Renewal);
        var second = browser.Copy();
        await browser.SignInAsync();

        await browser.GetAsync("/sign-out");

        Assert.False((await replaced.SendAsync("/session")).Session.SignedIn);
        Assert.False((await second.SendAsync("/session")).Session.SignedIn);
    }

    [Fact]
    public async Task A_session_of_the_same_user_in_another_browser_is_not_replaced()
    {
        await using var site = await StartAsync(Pending.RefreshAndSlide);
        var elsewhere = await site.SignedInAsync();
        var browser = await site.SignedInAsync();
        await browser.SignInAsync();
        site.Clock.Pass(Pending.RefreshAndSlide.Age());

        var answer = await elsewhere.GetAsync("/session");

        Assert.True(answer.Session.SignedIn);
        Assert.NotNull(answer.SessionCookie);
        site.Clock.Pass(TimeSpan.FromMinutes(30));
        Assert.True((await elsewhere.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_sign_in_over_a_session_revokes_neither_token()
    {
        await using var site = await StartAsync(Pending.Refresh);

        await ReplaceAsync(site, Pending.Renewal);

        Assert.Empty(site.Revocations);
        Assert.Equal(2, site.Emulator.Tokens.AccessTokens.Count);
    }

    [Fact]
    public async Task A_sign_in_over_a_stored_session_leaves_one_entry_under_a_fresh_key()
    {
        var store = new MemoryTicketStore();
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie => cookie.SessionStore = store);
        var browser = await site.SignedInAsync();
        var key = Assert.Single(store.Keys);

        await browser.SignInAsync();

        Assert.NotEqual(key, Assert.Single(store.Keys));
        Assert.Contains(key, store.RemovedKeys);
    }

    private static Task<LifetimeSite> StartAsync(Pending pending) => LifetimeSite.StartAsync(setup => setup.Cookie = cookie => pending.Configure(cookie));

    /// <summary>A browser in which a second user has signed in over the first, and what it was before.</summary>
    private static async Task<(LifetimeBrowser Browser, LifetimeBrowser Replaced)> ReplaceAsync(LifetimeSite site, Pending pending)
    {
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());
        var replaced = browser.Copy();
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        await browser.SignInAsync();
        return (browser, replaced);
    }
}
