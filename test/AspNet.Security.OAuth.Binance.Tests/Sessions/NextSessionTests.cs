using AspNet.Security.OAuth.Binance.Emulator;

using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A sign-out, a new sign-in in the same browser, and then a late response of the previous session: it neither deletes nor overwrites the
/// cookie of the new session.
/// </summary>
public sealed class NextSessionTests
{
    public static MatrixTheoryData<Pending, SessionPlace> Cases => new(Enum.GetValues<Pending>(), Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_slow_response_of_the_previous_session_does_not_change_the_new_one(Pending pending, SessionPlace place)
        => AssertNewSessionIsUntouchedAsync(pending, place, pending.Age(), page => page.ServeAsync);

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_request_whose_validation_ends_after_the_sign_out_does_not_change_the_new_session(SessionPlace place)
    {
        var (validation, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var site = await TestSite.StartAsync(setup =>
        {
            Configure(setup, Pending.Refresh, sessions);
            var configure = setup.Cookie;
            setup.Cookie = cookie =>
            {
                configure(cookie);
                cookie.Events.OnValidatePrincipal = context => context.Request.Path == "/slow" ? validation.WaitAsync() : Task.CompletedTask;
            };
        });
        var browser = await site.WithExpiredTokenAsync();
        var slow = await validation.OpenAsync(browser);
        await SwitchUserAsync(site, browser);

        validation.Respond();

        await AssertUntouchedAsync(site, browser, await slow, sessions);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public Task A_page_that_signs_in_with_the_previous_ticket_does_not_change_the_new_session(SessionPlace place)
        => AssertNewSessionIsUntouchedAsync(Pending.Refresh, place, TimeSpan.Zero, page => page.SignInAgainAsync);

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public Task A_second_sign_out_of_the_previous_session_does_not_change_the_new_one(SessionPlace place)
        => AssertNewSessionIsUntouchedAsync(Pending.Refresh, place, TimeSpan.Zero, page => Respond(page, signsOut: true));

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_slow_request_with_the_cookie_of_a_lost_sign_out_response_leaves_the_new_session_alone(bool signsOut, bool atAnotherProcess)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(SessionPlace.Cookie));
        await using var farm = await Farm.StartAsync(setup => Configure(setup, Pending.Refresh, sessions, Respond(page, signsOut)));
        var browser = await farm.First.SignedInAsync();
        await browser.SendAsync("/sign-out");
        var slow = await page.OpenAsync(browser);
        var next = atAnotherProcess ? farm.Second : farm.First;
        var there = browser.Copy(next);
        next.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        await there.SignInAsync();

        page.Respond();

        await AssertUntouchedAsync(next, there, await slow, sessions);
    }

    [Fact]
    public async Task A_later_sign_out_with_the_cookie_of_a_lost_sign_out_response_leaves_the_new_session_alone()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.SignedInAsync();
        var previous = browser.Copy();
        await browser.SendAsync("/sign-out");
        await browser.SignInAsync();

        Assert.Null((await previous.SendAsync("/sign-out")).SessionCookie);
        Assert.Null((await previous.SendAsync("/session")).SessionCookie);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie, false)]
    [InlineData(SessionPlace.Cookie, true)]
    [InlineData(SessionPlace.TicketStore, false)]
    [InlineData(SessionPlace.TicketStore, true)]
    public async Task A_slow_response_of_a_refused_session_leaves_the_new_one_alone(SessionPlace place, bool signsOut)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var site = await TestSite.StartAsync(setup => Configure(setup, Pending.Refresh, sessions, Respond(page, signsOut)));
        var browser = await site.WithExpiredTokenAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.InvalidGrant);
        var slow = await page.OpenAsync(browser);
        Assert.False((await browser.SessionAsync()).SignedIn);
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        await browser.SignInAsync();

        page.Respond();
        browser.Receive(await slow);

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await browser.SessionAsync()).UserId);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_slow_response_of_another_process_does_not_change_the_new_session(Pending pending, SessionPlace place)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var farm = await Farm.StartAsync(setup => Configure(setup, pending, sessions, page.ServeAsync));
        var (browser, slow) = await page.OpenAtAgeAsync(farm.First, pending.Age());
        var there = browser.Copy(farm.Second);
        await SwitchUserAsync(farm.Second, there);

        page.Respond();

        await AssertUntouchedAsync(farm.Second, there, await slow, sessions);
    }

    // The user is switched while a request of this age of the session waits in the page.
    private static async Task AssertNewSessionIsUntouchedAsync(Pending pending, SessionPlace place, TimeSpan age, Func<SlowPage, RequestDelegate> serve)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var site = await TestSite.StartAsync(setup => Configure(setup, pending, sessions, serve(page)));
        var (browser, slow) = await page.OpenAtAgeAsync(site, age);
        await SwitchUserAsync(site, browser);

        page.Respond();

        await AssertUntouchedAsync(site, browser, await slow, sessions);
    }

    // A page that waits for the test, and signs out or only responds.
    private static RequestDelegate Respond(SlowPage page, bool signsOut) => async context =>
    {
        await page.WaitAsync();
        await (signsOut ? context.SignOutAsync() : Task.CompletedTask);
    };

    private static void Configure(SiteSetup setup, Pending pending, SessionStorage sessions, RequestDelegate slow)
    {
        setup.Pages["/slow"] = slow;
        Configure(setup, pending, sessions);
    }

    private static void Configure(SiteSetup setup, Pending pending, SessionStorage sessions)
    {
        setup.Cookie = cookie => pending.Configure(cookie, sessions.Place);
        sessions.Configure(setup);
    }

    private static async Task SwitchUserAsync(TestSite site, SiteBrowser browser)
    {
        await browser.GetAsync("/sign-out");
        Assert.False(browser.HasSessionCookie);
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        await browser.SignInAsync();
    }

    private static async Task AssertUntouchedAsync(TestSite site, SiteBrowser browser, SiteResponse late, SessionStorage sessions)
    {
        browser.Receive(late);
        Assert.Null(late.SessionCookie);
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await browser.SessionAsync()).UserId);
        await sessions.AssertHoldsAsync(site, browser.Cookie(SiteResponse.CookieName));
        site.Clock.Pass(TestSite.TokenLifetime);
        var session = await browser.SessionAsync();
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, session.UserId);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Single(site.Revocations);
    }
}
