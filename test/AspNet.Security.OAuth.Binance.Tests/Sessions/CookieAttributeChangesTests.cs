using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// An application whose <c>OnSigningIn</c> changes what the cookie's options say, and whose later sign-ins and renewals have other attributes.
/// </summary>
public sealed class CookieAttributeChangesTests
{
    private const string Domain = "shop.example";

    private static readonly TimeSpan _maxAge = TimeSpan.FromHours(2);

    private static readonly Dictionary<string, (Action<CookieBuilder> Options, Action<CookieOptions> SigningIn)> _changes = new()
    {
        ["no Secure"] = (static _ => { }, static cookie => cookie.Secure = false),
        ["no Domain"] = (static cookie => cookie.Domain = Domain, static cookie => cookie.Domain = null),
        ["no Max-Age"] = (static cookie => cookie.MaxAge = _maxAge, static cookie => cookie.MaxAge = null),
        ["no extension"] = (static cookie => cookie.Extensions.Add("Partitioned"), static cookie => cookie.Extensions.Clear()),
        ["an extension more"] = (static cookie => cookie.Extensions.Add("Priority=High"), static cookie => cookie.Extensions.Add("Partitioned")),
    };

    private static readonly Dictionary<string, Action<CookieBuilder>> _options = new()
    {
        ["defaults"] = static _ => { },
        ["Path"] = static cookie => cookie.Path = "/session",
        ["Max-Age"] = static cookie => cookie.MaxAge = _maxAge,
    };

    public static TheoryData<string> Changes => [.. _changes.Keys];

    public static TheoryData<string> Options => [.. _options.Keys];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_refresh_repeats_what_the_sign_in_changed_and_the_sign_out_deletes_the_cookie(string change)
    {
        var (options, signingIn) = _changes[change];
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie =>
        {
            options(cookie.Cookie);
            cookie.Events.OnSigningIn = context =>
            {
                signingIn(context.CookieOptions);
                return Task.CompletedTask;
            };
        });
        site.AllowCallbacks($"https://{CookieAttributes.Host}");
        var browser = site.BrowserWithTls(CookieAttributes.Host);
        var signedIn = (await browser.SignInAsync()).SessionCookie;
        site.Clock.Pass(TestSite.TokenLifetime);

        var refreshed = (await browser.GetAsync("/session")).SessionCookie;

        Assert.Equal(1, site.RefreshCalls);
        Assert.NotNull(signedIn);
        Assert.NotNull(refreshed);
        Assert.NotEqual(signedIn.Value, refreshed.Value);
        Assert.Equal(AttributesOf(signedIn), AttributesOf(refreshed));
        await browser.GetAsync("/sign-out");
        Assert.False(browser.HasSessionCookie);
    }

    [Fact]
    public async Task A_cookie_that_the_sign_in_declares_essential_is_refreshed_without_the_user_s_consent()
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.BeforeAuthentication = app => app.UseCookiePolicy(new CookiePolicyOptions { CheckConsentNeeded = static _ => true });
            setup.Cookie = cookie =>
            {
                cookie.Cookie.IsEssential = false;
                cookie.Events.OnSigningIn = context => Task.FromResult(context.CookieOptions.IsEssential = true);
            };
        });
        var browser = await site.WithExpiredTokenAsync();
        var before = browser.SessionCookie;

        Assert.True((await browser.SessionAsync()).SignedIn);

        Assert.NotEqual(before.Value, browser.SessionCookie.Value);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_later_sign_in_without_an_expiry_is_refreshed_without_one()
    {
        var expires = true;
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.Events.OnSigningIn = context =>
            {
                context.CookieOptions.Expires = expires ? context.Options.TimeProvider!.GetUtcNow() + TimeSpan.FromHours(9) : null;
                return Task.CompletedTask;
            };
            setup.Pages["/again"] = async context =>
            {
                var session = await context.AuthenticateAsync();
                await context.SignInAsync(session.Principal!, session.Properties);
            };
        });
        var browser = site.Browser();
        Assert.NotNull((await browser.SignInAsync()).SessionCookie!.Expires);
        expires = false;
        Assert.Null((await browser.GetAsync("/again")).SessionCookie!.Expires);
        site.Clock.Pass(TestSite.TokenLifetime);

        var refreshed = (await browser.GetAsync("/session")).SessionCookie;

        Assert.NotNull(refreshed);
        Assert.Null(refreshed.Expires);
    }

    // The cookie handler replaces the expiry that the event sets by that of the ticket.
    [Fact]
    public async Task A_persistent_cookie_that_is_renewed_as_one_of_the_browser_s_session_has_no_expiry()
    {
        var renews = false;
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie =>
        {
            cookie.Events.OnSigningIn = context =>
            {
                context.Properties.IsPersistent = true;
                context.CookieOptions.Expires = context.Options.TimeProvider!.GetUtcNow() + TimeSpan.FromHours(9);
                return Task.CompletedTask;
            };
            cookie.Events.OnValidatePrincipal = context =>
            {
                context.Properties.IsPersistent = !renews;
                context.ShouldRenew = renews;
                return Task.CompletedTask;
            };
        });
        var browser = site.Browser();
        var signedIn = (await browser.SignInAsync()).SessionCookie;
        renews = true;

        var renewed = (await browser.GetAsync("/")).SessionCookie;

        Assert.Equal(site.Clock.GetUtcNow() + site.CookieOptions().ExpireTimeSpan, signedIn!.Expires);
        Assert.NotNull(renewed);
        Assert.Null(renewed.Expires);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public async Task A_ticket_does_not_contain_the_attributes_of_the_cookie_s_options(string options)
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie => _options[options](cookie.Cookie));
        var browser = await site.SignedInAsync();

        var session = await browser.SessionAsync();

        Assert.True(session.SignedIn);
        Assert.DoesNotContain(".binance.cookie", session.Items.Keys);
    }

    private static string AttributesOf(SetCookieHeaderValue cookie) => cookie.ToString()[(cookie.Name.Length + 1 + cookie.Value.Length)..];
}
