using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// The response with the renewed cookie never reaches the browser. The refresh token in its old cookie is spent: the outcome of the refresh
/// is kept for ten minutes, at most until half of the new access token's lifetime has passed.
/// </summary>
public sealed class CookieLostResponseTests
{
    public static MatrixTheoryData<int, SessionPlace> SecondsAndPlaces => new([30, 90, 9 * 60], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(SecondsAndPlaces))]
    public async Task The_old_cookie_is_signed_in_without_a_second_refresh(int seconds, SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(new SessionStorage(place).Configure);
        var browser = await DueAsync(site);

        var lost = await browser.SendAsync("/session");
        site.Clock.Pass(TimeSpan.FromSeconds(seconds));
        var again = await browser.SessionAsync();

        Assert.True(again.SignedIn);
        Assert.Equal(lost.Session.AccessToken, again.AccessToken);
        Assert.True(site.Emulator.Tokens.IsLive(again.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);

        // The browser has the newest tokens now, and the next refresh uses them.
        site.Clock.Pass(TestSite.TokenLifetime);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(2, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Repeatedly_lost_responses_cause_one_refresh(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(new SessionStorage(place).Configure);
        var browser = await DueAsync(site);

        for (var minute = 0; minute <= 9; minute++)
        {
            Assert.True((await browser.SendAsync("/session")).Session.SignedIn);
            site.Clock.Pass(TimeSpan.FromSeconds(59));
        }

        Assert.Equal(1, site.RefreshCalls);
        Assert.Single(site.Emulator.Tokens.RefreshTokens);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Concurrent_late_requests_with_the_old_cookie_cause_one_refresh(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(new SessionStorage(place).Configure);
        var browser = await DueAsync(site);
        await browser.SendAsync("/session");
        site.Clock.Pass(TimeSpan.FromMinutes(9));

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => browser.SendAsync("/session"))));

        Assert.All(responses, response => Assert.True(response.Session.SignedIn));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SecondsAndPlaces))]
    public async Task A_request_aborted_during_the_refresh_does_not_end_the_session(int seconds, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(sessions.Configure);
        var browser = await DueAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        await browser.AbortRefreshAsync(hold);

        // The service joins the call in progress, and returns when it ends.
        var refreshToken = await HeldAsync(site, browser, sessions);
        var call = site.Client.RefreshTokensAsync(refreshToken, "Binance", TestContext.Current.CancellationToken);
        var stored = place is SessionPlace.Cookie ? Task.CompletedTask : sessions.NextRenewal();
        hold.Release();
        var tokens = await call;

        // In a store it ends with the write: an earlier request with a valid token waits for that for two seconds at most.
        await stored.WaitAsync(TestTimeout.Token);
        await site.Clock.SettleAsync();
        site.Clock.Pass(TimeSpan.FromSeconds(seconds));

        Assert.Equal(tokens.AccessToken, (await browser.SessionAsync()).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
        Assert.True(site.Emulator.Tokens.IsLive(tokens.AccessToken));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_request_aborted_during_the_refresh_still_stores_the_new_tokens(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(sessions.Configure);
        var browser = await DueAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        await browser.AbortRefreshAsync(hold);

        var stored = sessions.NextRenewal();
        hold.Release();
        await stored;

        Assert.True(site.Emulator.Tokens.IsRefreshTokenLive(await HeldAsync(site, browser, sessions)));

        // The store keeps the tokens for longer than outcomes are kept.
        await site.Clock.SettleAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(30));
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_aborts_the_response_does_not_lose_the_session(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Pages["/abort"] = context =>
            {
                context.Abort();
                return Task.CompletedTask;
            };
            new SessionStorage(place).Configure(setup);
        });
        var browser = await DueAsync(site);

        await Assert.ThrowsAnyAsync<Exception>(() => browser.SendAsync("/abort"));
        site.Clock.Pass(TimeSpan.FromMinutes(9));

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_out_with_the_old_cookie_revokes_the_newest_token_and_ends_the_session(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(new SessionStorage(place).Configure);
        var browser = await DueAsync(site);
        var newest = (await browser.SendAsync("/session")).Session.AccessToken;
        site.Clock.Pass(TimeSpan.FromMinutes(9));
        var copy = browser.Copy();

        await browser.GetAsync("/sign-out");

        Assert.False(browser.HasSessionCookie);
        Assert.Equal("Bearer " + newest, Assert.Single(site.Revocations).Authorization);
        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    // The tokens are due and not expired yet: the old access token is still live, and can be told from the new one.
    private static async Task<SiteBrowser> DueAsync(TestSite site)
    {
        var browser = await site.SignedInWithTlsAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        return browser;
    }

    private static async Task<string> HeldAsync(TestSite site, SiteBrowser browser, SessionStorage sessions)
    {
        var ticket = await sessions.TicketAsync(site, browser.SessionCookie.Value);
        return ticket.Properties.Items[".Token.refresh_token"]!;
    }
}
