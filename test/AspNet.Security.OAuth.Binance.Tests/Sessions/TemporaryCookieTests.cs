using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// An application that takes the login in a temporary cookie first, and moves it to its own cookie when the user is registered. Signing
/// out of the temporary cookie is no sign-out of the session that got its tokens.
/// </summary>
public sealed class TemporaryCookieTests
{
    private static readonly TemporaryCookie _revoking = new(SignOutFirst: false, NewProperties: false, Stored: false, RevokeOnSignOut: true);

    public static TheoryData<bool, bool, bool, bool> Cases
    {
        get
        {
            var cases = new TheoryData<bool, bool, bool, bool>();
            for (var bits = 0; bits < 16; bits++)
            {
                cases.Add((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_session_lives_here_and_in_another_process_and_is_refreshed(bool signOutFirst, bool newProperties, bool stored, bool revoke)
    {
        var move = new TemporaryCookie(signOutFirst, newProperties, stored, revoke);
        var store = new MemoryTicketStore();
        await using var farm = await Farm.StartAsync(setup => move.Configure(setup, store));
        var (site, browser) = (farm.First, await farm.First.SignedInAsync());
        Assert.True(browser.HasCookie(TemporaryCookie.Name));

        var answer = await browser.GetAsync("/register");

        Assert.Single(answer.SetCookies, cookie => cookie.Name.Value == SiteAnswer.CookieName);
        Assert.False(browser.HasCookie(TemporaryCookie.Name));
        await AssertLiveAsync(site, browser);
        await AssertLiveAsync(site, browser.Copy(farm.Second));
        Assert.Empty(site.Revocations);
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        await AssertLiveAsync(site, browser);
        Assert.Equal(1, site.RefreshCalls);
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        await AssertLiveAsync(site, browser.Copy(farm.Second));
        Assert.Equal(2, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_sign_out_of_the_session_ends_it_and_revokes(bool signOutFirst, bool newProperties, bool stored, bool revoke)
    {
        var move = new TemporaryCookie(signOutFirst, newProperties, stored, revoke);
        var store = new MemoryTicketStore();
        await using var site = await LifetimeSite.StartAsync(setup => move.Configure(setup, store));
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/register");
        var kept = browser.Copy();

        await browser.GetAsync("/sign-out");

        Assert.False(browser.HasSession);
        Assert.Equal(revoke ? 1 : 0, site.Revocations.Count);
        Assert.Equal(revoke ? 0 : 1, site.Emulator.Tokens.AccessTokens.Count);
        Assert.False((await kept.SessionAsync()).SignedIn);
        Assert.Empty(store.Keys);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_registration_that_takes_until_the_token_is_due_makes_one_refresh(bool newProperties)
    {
        var move = new TemporaryCookie(SignOutFirst: false, newProperties, Stored: false, RevokeOnSignOut: true);
        await using var site = await LifetimeSite.StartAsync(setup => move.Configure(setup));
        var browser = await site.WithExpiredTokenAsync();

        await browser.GetAsync("/register");
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        await AssertLiveAsync(site, browser);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Empty(site.Revocations);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Registrations_at_once_keep_the_token(bool newProperties)
    {
        var (first, second) = (new SlowPage(), new SlowPage());
        var move = new TemporaryCookie(SignOutFirst: false, newProperties, Stored: false, RevokeOnSignOut: true);
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            move.Configure(setup);
            foreach (var (path, page) in new[] { ("/first", first), ("/second", second) })
            {
                setup.Pages[path] = async context =>
                {
                    await context.AuthenticateAsync("Temporary");
                    await page.WaitAsync();
                    await setup.Pages["/register"](context);
                };
            }
        });
        var browser = await site.SignedInAsync();
        var (one, other) = (await first.OpenAsync(browser, "/first"), await second.OpenAsync(browser, "/second"));

        first.Respond();
        browser.Receive(await one);
        second.Respond();
        browser.Receive(await other);

        await AssertLiveAsync(site, browser);
        Assert.Empty(site.Revocations);
    }

    [Fact]
    public async Task A_temporary_cookie_that_a_later_request_signs_out_of_leaves_the_token_to_the_session()
    {
        await using var site = await LifetimeSite.StartAsync(setup => _revoking.Configure(setup));
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/register-only");

        await browser.GetAsync("/sign-out?cookie=Temporary");

        Assert.False(browser.HasCookie(TemporaryCookie.Name));
        Assert.Empty(site.Revocations);
        await AssertLiveAsync(site, browser);
    }

    [Fact]
    public async Task A_registration_that_is_abandoned_revokes_the_token()
    {
        await using var site = await LifetimeSite.StartAsync(setup => _revoking.Configure(setup));
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/sign-out?cookie=Temporary");

        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_that_gets_no_tokens_leaves_nobody_who_holds_them_and_they_are_revoked(bool signOutFirst)
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            _revoking.Configure(setup);
            setup.Pages["/register"] = context => TemporaryCookie.MoveAsync(context, signOutFirst, _ => new AuthenticationProperties());
        });
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/register");

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    private static async Task AssertLiveAsync(LifetimeSite site, LifetimeBrowser browser)
    {
        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
    }
}
