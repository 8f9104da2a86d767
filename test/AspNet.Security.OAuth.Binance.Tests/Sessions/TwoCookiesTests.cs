
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// One sign-in to two cookies: two sessions with the same tokens.
/// </summary>
public sealed class TwoCookiesTests
{
    public static MatrixTheoryData<bool, SessionPlace, bool> Cases => new([false, true], Enum.GetValues<SessionPlace>(), [false, true]);

    public static MatrixTheoryData<int, SessionPlace> MinutesAndPlaces => new([0, 9], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_sign_out_of_one_cookie_keeps_the_other_and_the_last_sign_out_revokes(bool revoke, SessionPlace place, bool secondFirst)
    {
        var (one, other) = secondFirst ? ("Second", "Cookies") : ("Cookies", "Second");
        await using var site = await StartAsync(revoke, place);
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/second");

        await browser.GetAsync("/sign-out?scheme=" + one);

        Assert.False((await browser.SessionAsync(one)).SignedIn);
        await AssertLiveAsync(site, browser, other);
        Assert.Empty(site.Revocations);

        await browser.GetAsync("/sign-out?scheme=" + other);

        Assert.False((await browser.SessionAsync(other)).SignedIn);
        Assert.Equal(revoke ? 1 : 0, site.Revocations.Count);
        Assert.Equal(revoke ? 0 : 1, site.Emulator.Tokens.AccessTokens.Count);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_remaining_cookie_is_refreshed_when_due(bool revoke, SessionPlace place, bool secondFirst)
    {
        var (one, other) = secondFirst ? ("Second", "Cookies") : ("Cookies", "Second");
        await using var site = await StartAsync(revoke, place);
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/second");
        await browser.GetAsync("/sign-out?scheme=" + one);

        site.Clock.Pass(TestSite.TokenLifetime);

        await AssertLiveAsync(site, browser, other);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task One_request_that_signs_out_of_both_makes_one_revocation(SessionPlace place)
    {
        await using var site = await StartAsync(revoke: true, place, setup => setup.Pages["/sign-out-of-both"] = async context =>
        {
            await context.SignOutAsync("Second");
            await context.SignOutAsync("Cookies");
        });
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/second");

        await browser.GetAsync("/sign-out-of-both");

        Assert.Single(site.Revocations);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.False((await browser.SessionAsync("Second")).SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_out_of_a_cookie_with_old_tokens_does_not_revoke_the_new_tokens_of_the_other(SessionPlace place)
    {
        await using var site = await StartAsync(revoke: true, place);
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/second");
        site.Clock.Pass(TestSite.TokenLifetime);
        await AssertLiveAsync(site, browser, "Cookies");

        await browser.GetAsync("/sign-out?scheme=Second");

        Assert.Empty(site.Revocations);
        await AssertLiveAsync(site, browser, "Cookies");
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(MinutesAndPlaces))]
    public async Task One_refresh_serves_both_cookies_while_its_outcome_is_kept(int minutes, SessionPlace place)
    {
        await using var site = await StartAsync(revoke: true, place);
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/second");
        site.Clock.Pass(TestSite.TokenLifetime);

        await AssertLiveAsync(site, browser, "Cookies");
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));
        await AssertLiveAsync(site, browser, "Second");

        Assert.Equal(1, site.RefreshCalls);
        await AssertLiveAsync(site, browser, "Cookies");
    }

    // Each cookie has an access token of its own then, and a revocation may end the grant of both.
    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_refresh_token_that_the_server_keeps_is_shared_after_each_cookie_was_refreshed(SessionPlace place)
    {
        await using var site = await StartAsync(revoke: true, place);
        site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/second");
        site.Clock.Pass(TestSite.TokenLifetime);
        await AssertLiveAsync(site, browser, "Cookies");
        await AssertLiveAsync(site, browser, "Second");
        Assert.Equal(2, site.RefreshCalls);

        await AssertLastSignOutRevokesAsync(site, browser);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task An_access_token_without_a_refresh_token_is_shared(SessionPlace place)
    {
        await using var site = await StartAsync(revoke: true, place);
        var token = site.Emulator.Tokens.Issue().AccessToken;
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body($$"""{"access_token":"{{token}}","token_type":"bearer","expires_in":3600}"""));
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/second");

        await AssertLastSignOutRevokesAsync(site, browser);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_out_of_one_cookie_in_another_process_keeps_the_other_in_both_processes(SessionPlace place)
    {
        var sessions = Sessions(place);
        await using var farm = await Farm.StartAsync(setup => Configure(setup, revoke: true, sessions));
        var browser = await farm.First.SignedInAsync();
        await browser.GetAsync("/second");
        var there = browser.Copy(farm.Second);

        await there.GetAsync("/sign-out?scheme=Second");

        Assert.Empty(farm.First.Revocations);
        await AssertLiveAsync(farm.First, there, "Cookies");
        await AssertLiveAsync(farm.First, there.Copy(farm.First), "Cookies");
        await there.GetAsync("/sign-out");
        Assert.Single(farm.First.Revocations);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_slow_request_of_the_signed_out_cookie_keeps_the_other(SessionPlace place)
    {
        var page = new SlowPage();
        await using var site = await StartAsync(revoke: true, place, setup => setup.Pages["/slow"] = page.ServeAsync);
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/second");
        site.Clock.Pass(TestSite.TokenLifetime);
        var slow = await page.OpenAsync(browser);
        await browser.GetAsync("/sign-out");

        page.Respond();
        browser.Receive(await slow);

        Assert.False(browser.HasSessionCookie);
        Assert.Empty(site.Revocations);
        await AssertLiveAsync(site, browser, "Second");
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_ticket_that_a_page_signs_in_to_the_other_cookie_after_the_sign_out_signs_nobody_in(SessionPlace place)
    {
        foreach (var atAnotherProcess in new[] { false, true })
        {
            var (page, sessions) = (new SlowPage(), Sessions(place));
            await using var farm = await Farm.StartAsync(setup =>
            {
                Configure(setup, revoke: true, sessions);
                setup.Pages["/slow"] = async context =>
                {
                    var session = await context.AuthenticateAsync();
                    await page.WaitAsync();
                    await context.SignInAsync("Second", session.Principal!, session.Properties);
                };
            });
            var browser = await farm.First.SignedInAsync();
            var slow = await page.OpenAsync(browser);
            await browser.Copy(atAnotherProcess ? farm.Second : farm.First).GetAsync("/sign-out");

            page.Respond();
            browser.Receive(await slow);

            Assert.False((await browser.SessionAsync("Second")).SignedIn);
            Assert.Empty(sessions.Entries);
        }
    }

    private static async Task AssertLastSignOutRevokesAsync(TestSite site, SiteBrowser browser)
    {
        await browser.GetAsync("/sign-out?scheme=Cookies");
        Assert.Empty(site.Revocations);
        await AssertLiveAsync(site, browser, "Second");

        await browser.GetAsync("/sign-out?scheme=Second");
        Assert.Single(site.Revocations);
    }

    private static SessionStorage Sessions(SessionPlace place) => new(place, "Cookies", "Second");

    private static Task<TestSite> StartAsync(
        bool revoke, SessionPlace place, Action<SiteSetup>? configure = null) => TestSite.StartAsync(setup =>
    {
        Configure(setup, revoke, Sessions(place));
        configure?.Invoke(setup);
    });

    private static void Configure(SiteSetup setup, bool revoke, SessionStorage sessions)
    {
        setup.Binance = options => options.RevokeOnSignOut = revoke;
        setup.Authentication = builder => builder.AddCookie("Second");
        sessions.Configure(setup);
        setup.Pages["/second"] = async context =>
        {
            var session = await context.AuthenticateAsync();
            await context.SignInAsync("Second", session.Principal!, session.Properties);
        };
    }

    private static async Task AssertLiveAsync(TestSite site, SiteBrowser browser, string cookie)
    {
        var session = await browser.SessionAsync(cookie);
        Assert.True(session.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
    }
}
