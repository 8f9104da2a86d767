using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// Sign-ins that replace several sessions, sessions in several cookies, or that the application repeats; and the sign-in of another provider.
/// </summary>
public sealed class SeveralReplacedSessionsTests
{
    // A replaced session is accepted for ten minutes.
    private static readonly TimeSpan _grace = TimeSpan.FromMinutes(11);

    [Fact]
    public async Task The_session_of_the_challenge_and_that_of_the_callback_are_both_replaced()
    {
        await using var site = await TestSite.StartAsync();
        var (browser, other) = (await site.SignedInAsync(), await site.SignedInAsync());
        var (atChallenge, atCallback) = (browser.Copy(), other.Copy());
        var callback = await browser.ConsentAsync();
        browser.Jar.Add(other.SessionCookie);

        await browser.ReturnFromBinanceAsync(callback);
        site.Clock.Pass(_grace);

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.False((await atChallenge.SessionAsync()).SignedIn);
        Assert.False((await atCallback.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_callback_that_signs_in_to_two_strict_cookies_replaces_the_sessions_of_both()
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = BeStrict;
            setup.Authentication = builder => builder.AddCookie("Other", BeStrict);
            setup.Binance = options => options.Events.OnTicketReceived = context
                => context.HttpContext.SignInAsync("Other", context.Principal!, context.Properties);
        });
        var browser = await site.SignedInAsync();
        var before = browser.Copy();

        await browser.SignInAsync();
        site.Clock.Pass(_grace);

        foreach (var scheme in new[] { "Cookies", "Other" })
        {
            Assert.True((await browser.SessionAsync(scheme)).SignedIn);
            Assert.False((await before.SessionAsync(scheme)).SignedIn);
        }

        // The cookie of each request does not hold what only the sign-in needs.
        Assert.DoesNotContain(".binance.replaces", (await browser.SessionAsync("Cookies")).Items.Keys);
    }

    [Fact]
    public async Task A_callback_in_which_the_application_signs_in_out_and_in_replaces_the_session_of_the_challenge()
    {
        var repeats = false;
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = BeStrict;
            setup.Binance = options => options.Events.OnTicketReceived = async context =>
            {
                if (repeats)
                {
                    await context.HttpContext.SignInAsync("Cookies", context.Principal!, context.Properties);
                    await context.HttpContext.SignOutAsync("Cookies");
                    await context.HttpContext.SignInAsync("Cookies", context.Principal!, context.Properties);
                }
            };
        });
        var browser = await site.SignedInAsync();
        var before = browser.Copy();
        repeats = true;

        await browser.SignInAsync();
        site.Clock.Pass(_grace);

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.False((await before.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_page_that_signs_in_twice_and_out_can_sign_in_with_the_first_ticket_again()
    {
        TestSite? current = null;
        await using var site = current = await TestSite.StartAsync(setup => setup.Pages["/steps"] = async context =>
        {
            var first = current!.NewTicket();
            await context.SignInAsync("Cookies", CookieSites.User("first"), first);
            await context.SignInAsync("Cookies", CookieSites.User("second"), current!.NewTicket());
            await context.SignOutAsync("Cookies");
            await context.SignInAsync("Cookies", CookieSites.User("first"), first);
        });
        var browser = site.Browser();

        await browser.GetAsync("/steps");

        Assert.Equal("first", (await browser.SessionAsync()).UserId);
    }

    [Fact]
    public async Task A_slow_response_does_not_overwrite_the_session_of_another_provider()
    {
        var page = new SlowPage();
        await using var site = await TestSite.StartAsync(setup => setup.Pages["/slow"] = page.ServeAsync);
        var browser = await site.WithExpiredTokenAsync();
        var slow = await page.OpenAsync(browser);
        await browser.AdoptAsync(new());

        page.Respond();
        browser.Receive(await slow);

        Assert.Equal("adopted", (await browser.SessionAsync()).UserId);
    }

    // The callback does not carry the key, under which the framework would store the new session.
    [Fact]
    public async Task A_strict_cookie_with_a_key_of_the_application_s_own_store_is_signed_in_for_ten_minutes_after_its_replacement()
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = BeStrict;
            new SessionStorage(SessionPlace.TicketStore).Configure(setup);
        });
        var browser = await site.SignedInAsync();
        var before = browser.Copy();

        await browser.SignInAsync();

        Assert.True((await before.SessionAsync()).SignedIn);
        site.Clock.Pass(_grace);
        Assert.False((await before.SessionAsync()).SignedIn);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    private static void BeStrict(CookieAuthenticationOptions cookie) => cookie.Cookie.SameSite = SameSiteMode.Strict;
}
