using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// The response with the renewed cookie never reaches the browser. The refresh token in its old cookie is spent: what became of it is
/// remembered for ten minutes, at most until half of the new access token's life has passed.
/// </summary>
public sealed class CookieLostResponseTests
{
    public static MatrixTheoryData<int, SessionPlace> SecondsAndPlaces => new([30, 90, 9 * 60], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(SecondsAndPlaces))]
    public async Task The_browser_returns_with_its_old_cookie_and_is_signed_in_without_a_second_refresh(int seconds, SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(new SessionStorage(place).Configure);
        var browser = await DueAsync(site);

        var lost = await browser.SendAsync("/session");
        site.Clock.Pass(TimeSpan.FromSeconds(seconds));
        var again = await browser.SessionAsync();

        Assert.True(again.SignedIn);
        Assert.Equal(lost.Session.AccessToken, again.AccessToken);
        Assert.True(site.Emulator.Tokens.IsLive(again.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);

        // The browser has the newest tokens now, and the session goes on with them.
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(2, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Responses_that_are_lost_again_and_again_cost_one_refresh(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(new SessionStorage(place).Configure);
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
    public async Task Many_requests_at_once_return_late_with_the_old_cookie_and_cost_one_refresh(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(new SessionStorage(place).Configure);
        var browser = await DueAsync(site);
        await browser.SendAsync("/session");
        site.Clock.Pass(TimeSpan.FromMinutes(9));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => browser.SendAsync("/session"))));

        Assert.All(answers, answer => Assert.True(answer.Session.SignedIn));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SecondsAndPlaces))]
    public async Task The_browser_leaves_during_the_refresh_and_returns_signed_in(int seconds, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await LifetimeSite.StartAsync(sessions.Configure);
        var browser = await DueAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var closing = new CancellationTokenSource();
        var left = browser.SendUntilAsync("/session", closing.Token);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        // The service joins the call, and shows when it is over.
        var refreshToken = await HeldAsync(site, browser, sessions);
        var call = site.Client.RefreshTokensAsync(refreshToken, "Binance", TestContext.Current.CancellationToken);
        var stored = place is SessionPlace.Cookie ? Task.CompletedTask : sessions.NextRenewal();
        hold.Release();
        var tokens = await call;

        // In a store it is over when it is written: who comes before, with a token that is good, waits no longer than two seconds for that.
        await stored.WaitAsync(TestTimeout.Token);
        site.Clock.Pass(TimeSpan.FromSeconds(seconds));

        Assert.Equal(tokens.AccessToken, (await browser.SessionAsync()).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
        Assert.True(site.Emulator.Tokens.IsLive(tokens.AccessToken));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task The_browser_leaves_during_the_refresh_and_the_store_has_the_new_tokens_all_the_same(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await LifetimeSite.StartAsync(sessions.Configure);
        var browser = await DueAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var closing = new CancellationTokenSource();
        var left = browser.SendUntilAsync("/session", closing.Token);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        // The time bounds a failure alone: nothing else tells that a write does not come.
        var stored = sessions.NextRenewal();
        hold.Release();
        await stored.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.True(site.Emulator.Tokens.IsRefreshTokenLive(await HeldAsync(site, browser, sessions)));

        // The store forgets nothing: the browser may stay away for longer than outcomes are kept.
        site.Clock.Pass(TimeSpan.FromMinutes(30));
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_aborts_the_response_does_not_lose_the_session(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
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
    public async Task A_sign_out_with_the_old_cookie_revokes_the_newest_token_and_ends_what_was_remembered(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(new SessionStorage(place).Configure);
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

    // Before the tokens expire, so that a wrong one of them can be told from the right one.
    private static async Task<CookieJarBrowser> DueAsync(LifetimeSite site)
    {
        var browser = new CookieJarBrowser(site);
        await browser.SignInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        return browser;
    }

    private static async Task<string> HeldAsync(LifetimeSite site, CookieJarBrowser browser, SessionStorage sessions)
    {
        var ticket = await sessions.TicketAsync(site, browser.SessionCookie.Value);
        return ticket.Properties.Items[".Token.refresh_token"]!;
    }
}
