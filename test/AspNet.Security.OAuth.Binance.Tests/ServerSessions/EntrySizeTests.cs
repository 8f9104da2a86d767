using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;

using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// An entry has at most 64 KiB. A larger session is refused.
/// </summary>
public sealed class EntrySizeTests
{
    private const int Limit = 65_536;

    [Fact]
    public async Task A_session_of_40_KB_is_one_short_cookie()
    {
        await using var site = await StartAsync(atSignIn: 40_000);

        var browser = await site.SignedInAsync();

        Assert.InRange(browser.CookieHeader().Length, 1, 400);
        Assert.Equal(40_000, (await browser.SessionAsync()).Claim("large")!.Length);
        Assert.InRange(Assert.Single(site.Store().TicketWrites()).Value.Length, 1, Limit);
    }

    // The default encryption pads to whole blocks, with which no entry has exactly this length. With AES-GCM one can have it.
    [Fact]
    public async Task A_session_of_exactly_64_KiB_is_stored()
    {
        var length = 60_000;
        await using var site = await ServerSite.StartAsync(setup =>
        {
            setup.Pages["/large"] = context
                => context.SignInAsync("Cookies", new ClaimsPrincipal([.. CookieSites.User("7").Identities, Large(length)]));
            setup.Add(services => services.AddSingleton<IDataProtectionProvider>(new PlainProtection()));
        });
        await site.Browser().GetAsync("/large");
        length += Limit - Assert.Single(site.Store().TicketWrites()).Value.Length;
        var browser = site.Browser();

        await browser.GetAsync("/large");

        Assert.Equal(length, (await browser.SessionAsync()).Claim("large")!.Length);
        Assert.Equal(Limit, site.Store().TicketWrites()[^1].Value.Length);
    }

    [Fact]
    public async Task A_sign_in_above_the_limit_redirects_to_the_failure_path_and_stores_nothing()
    {
        await using var site = await StartAsync(atSignIn: 200_000);
        var browser = site.Browser();

        var response = await browser.SignInAsync();

        Assert.StartsWith("/failed?failure=", response.Location!.OriginalString, StringComparison.Ordinal);
        Assert.False(browser.HasSessionCookie);
        Assert.Empty(site.Store().Tickets());
        Assert.Empty(await site.ListAsync());
        Assert.Contains(site.Logged(LogLevel.Error).Concat(site.Logged(LogLevel.Warning)), record => record.Id.Name == "SignInFailed");
    }

    [Fact]
    public async Task A_sign_in_above_the_limit_keeps_the_previous_session()
    {
        await using var site = await StartAsync(atSignIn: 200_000, first: 100);
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();

        await browser.SignInAsync();

        Assert.Equal(before.AccessToken, (await browser.SessionAsync()).AccessToken);
    }

    [Fact]
    public async Task A_renewal_above_the_limit_serves_the_page_and_keeps_the_session()
    {
        await using var site = await StartAsync(atSignIn: 100);
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();

        var response = await browser.GetAsync("/grow");
        var after = await browser.SessionAsync();

        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.Empty(response.SetCookies);
        Assert.Equal(before.Claims, after.Claims);
        Assert.All(site.Store().TicketWrites(), entry => Assert.InRange(entry.Value.Length, 1, Limit));
    }

    // Adds a claim of random digits, which cannot be compressed, at each sign-in; the first one can have another length.
    private static Task<TestSite> StartAsync(int atSignIn, int? first = null) => ServerSite.StartAsync(setup =>
    {
        var length = first ?? atSignIn;
        setup.Cookie = cookie =>
        {
            cookie.Events.OnSigningIn = context =>
            {
                context.Principal!.AddIdentity(Large(length));
                length = atSignIn;
                return Task.CompletedTask;
            };
            cookie.Events.OnValidatePrincipal = context =>
            {
                Grow(context);
                return Task.CompletedTask;
            };
        };
    });

    private static void Grow(CookieValidatePrincipalContext context)
    {
        if (context.Request.Path == "/grow")
        {
            context.ReplacePrincipal(new ClaimsPrincipal([.. context.Principal!.Identities, Large(200_000)]));
            context.ShouldRenew = true;
        }
    }

    private static ClaimsIdentity Large(int length) => new([new Claim("large", RandomNumberGenerator.GetHexString(length))]);
}
