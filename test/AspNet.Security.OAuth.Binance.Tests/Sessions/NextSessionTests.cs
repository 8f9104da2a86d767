using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A sign-out, a new sign-in in the same browser, and then a response of the session before arrives. The new session is untouched: that
/// response neither deletes its cookie nor writes over it.
/// </summary>
public sealed class NextSessionTests
{
    public static MatrixTheoryData<Pending, SessionPlace> Cases => new(Enum.GetValues<Pending>(), Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_slow_response_of_the_session_before_leaves_the_new_one_alone(Pending pending, SessionPlace place)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            Configure(setup, pending, sessions);
            setup.Pages["/slow"] = page.ServeAsync;
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());
        var slow = await page.OpenAsync(browser);
        await SwitchUserAsync(site, browser);

        page.Respond();

        await AssertUntouchedAsync(site, browser, await slow, sessions);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_request_whose_validation_ends_after_the_sign_out_leaves_the_new_session_alone(SessionPlace place)
    {
        var (validation, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var site = await LifetimeSite.StartAsync(setup =>
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
    public async Task A_page_that_signs_the_user_in_with_the_ticket_of_the_session_before_leaves_the_new_one_alone(SessionPlace place)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            Configure(setup, Pending.Refresh, sessions);
            setup.Pages["/slow"] = async context =>
            {
                var session = await context.AuthenticateAsync();
                await page.WaitAsync();
                await context.SignInAsync(session.Principal!, session.Properties);
            };
        });
        var browser = await site.SignedInAsync();
        var slow = await page.OpenAsync(browser);
        await SwitchUserAsync(site, browser);

        page.Respond();

        await AssertUntouchedAsync(site, browser, await slow, sessions);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_second_sign_out_of_the_session_before_leaves_the_new_one_alone(SessionPlace place)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            Configure(setup, Pending.Refresh, sessions);
            setup.Pages["/slow"] = async context =>
            {
                await page.WaitAsync();
                await context.SignOutAsync();
            };
        });
        var browser = await site.SignedInAsync();
        var slow = await page.OpenAsync(browser);
        await SwitchUserAsync(site, browser);

        page.Respond();

        await AssertUntouchedAsync(site, browser, await slow, sessions);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_slow_response_of_another_process_leaves_the_new_session_alone(Pending pending, SessionPlace place)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var farm = await Farm.StartAsync(setup =>
        {
            Configure(setup, pending, sessions);
            setup.Pages["/slow"] = page.ServeAsync;
        });
        var browser = await farm.First.SignedInAsync();
        farm.First.Clock.Pass(pending.Age());
        var slow = await page.OpenAsync(browser);
        var there = browser.Copy(farm.Second);
        await SwitchUserAsync(farm.Second, there);

        page.Respond();

        await AssertUntouchedAsync(farm.Second, there, await slow, sessions);
    }

    private static void Configure(LifetimeSetup setup, Pending pending, SessionStorage sessions)
    {
        setup.Cookie = cookie => pending.Configure(cookie, sessions.Place);
        sessions.Configure(setup);
    }

    private static async Task SwitchUserAsync(LifetimeSite site, LifetimeBrowser browser)
    {
        await browser.GetAsync("/sign-out");
        Assert.False(browser.HasSession);
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        await browser.SignInAsync();
    }

    private static async Task AssertUntouchedAsync(LifetimeSite site, LifetimeBrowser browser, SiteAnswer late, SessionStorage sessions)
    {
        browser.Receive(late);
        Assert.Null(late.SessionCookie);
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await browser.SessionAsync()).UserId);
        await sessions.AssertHoldsAsync(site, browser.Cookie(SiteAnswer.CookieName));
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        var session = await browser.SessionAsync();
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, session.UserId);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Single(site.Revocations);
    }
}
