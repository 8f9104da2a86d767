using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// An entry has at most 64 KiB. What an application adds to its sessions beyond that is refused.
/// </summary>
public sealed class EntrySizeTests
{
    private const int Limit = 65_536;

    [Fact]
    public async Task A_session_that_would_be_forty_cookies_long_is_one_key()
    {
        await using var site = await StartAsync(atSignIn: 40_000);

        var browser = await site.SignedInAsync();

        Assert.InRange(browser.CookieHeader.Length, 1, 400);
        Assert.Equal(40_000, (await browser.SessionAsync()).Claims["large"].Length);
        Assert.InRange(Assert.Single(site.Store().TicketWrites()).Value.Length, 1, Limit);
    }

    [Fact]
    public async Task A_sign_in_with_more_ends_at_the_failure_path_and_leaves_nothing()
    {
        await using var site = await StartAsync(atSignIn: 200_000);
        var browser = site.Browser();

        var answer = await browser.SignInAsync();

        Assert.StartsWith("/failed?failure=", answer.Location!.OriginalString, StringComparison.Ordinal);
        Assert.False(browser.HasSession);
        Assert.Empty(site.Store().Tickets());
        Assert.Empty(await site.ListAsync());
        Assert.Contains(site.Logged(LogLevel.Error).Concat(site.Logged(LogLevel.Warning)), record => record.Id.Name == "SignInFailed");
    }

    [Fact]
    public async Task A_sign_in_with_more_leaves_the_session_before_it()
    {
        await using var site = await StartAsync(atSignIn: 200_000, first: 100);
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();

        await browser.SignInAsync();

        Assert.Equal(before.AccessToken, (await browser.SessionAsync()).AccessToken);
    }

    [Fact]
    public async Task A_renewal_with_more_serves_the_page_and_leaves_the_session_as_it_was()
    {
        await using var site = await StartAsync(atSignIn: 100);
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();

        var answer = await browser.GetAsync("/grow");
        var after = await browser.SessionAsync();

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Empty(answer.SetCookies);
        Assert.Equal(before.Claims, after.Claims);
        Assert.All(site.Store().TicketWrites(), entry => Assert.InRange(entry.Value.Length, 1, Limit));
    }

    // Signs in with a claim of so many digits, which no compression makes short; the first sign-in perhaps with fewer.
    private static Task<LifetimeSite> StartAsync(int atSignIn, int? first = null) => ServerSite.StartAsync(setup =>
    {
        var length = first ?? atSignIn;
        setup.Binance = options => options.FailurePath = "/failed";
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
