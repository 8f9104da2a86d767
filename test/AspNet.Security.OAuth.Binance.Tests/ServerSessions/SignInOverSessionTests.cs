using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Sign-ins over another session: with an application's cookie manager, withdrawn, expired, and several in one request.
/// </summary>
public sealed class SignInOverSessionTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_sign_in_with_a_cookie_manager_that_names_cookies_itself_is_not_in_the_session_before()
    {
        await using var site = await ProbedSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.CookieManager = new TenantCookies();
            setup.Pages["/next"] = context => context.SignInAsync("Cookies", CookieSites.User("next"));
        });
        var browser = site.Site.Browser();
        await browser.GetAsync("/local");
        var before = browser.Copy();

        await browser.GetAsync("/next");

        Assert.Equal("next", (await browser.SessionAsync()).UserId);
        Assert.False((await before.SessionAsync()).SignedIn);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sign_in_with_the_properties_of_an_ended_session_leaves_the_live_session_of_its_cookie_alone(bool onServer)
    {
        AuthenticateResult? ended = null;
        await using var site = await ProbedSite.StartAsync(setup =>
        {
            ProbedSite.Configure(setup, onServer);
            setup.Pages["/keep"] = async context => ended = await context.AuthenticateAsync("Cookies");
            setup.Pages["/reuse"] = context => context.SignInAsync("Cookies", ended!.Principal!, ended.Properties);
        });
        var browser = await site.Site.SignedInAsync();
        await browser.GetAsync("/keep");
        await browser.GetAsync("/sign-out");
        await browser.SignInAsync();

        await browser.GetAsync("/reuse");

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(-60_000)]
    [InlineData(0)]
    [InlineData(500)]
    public async Task A_ticket_that_has_expired_when_it_is_signed_in_is_no_outage(int milliseconds)
    {
        await using var site = await ProbedSite.StartAsync(setup => setup.Pages["/expired"] = context =>
        {
            var ends = ((TimeProvider)context.RequestServices.GetService(typeof(TimeProvider))!).GetUtcNow().AddMilliseconds(milliseconds);
            return context.SignInAsync("Cookies", CookieSites.User("late"), new AuthenticationProperties { ExpiresUtc = ends });
        });

        var answer = await site.Site.Browser().GetAsync("/expired");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Empty(site.Site.Logged(LogLevel.Error));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sign_in_a_sign_out_and_a_sign_in_of_one_request_leave_one_live_session(bool signedInBefore)
    {
        await using var site = await ProbedSite.StartAsync(setup => setup.Pages["/thrice"] = async context =>
        {
            await context.SignInAsync("Cookies", CookieSites.User("local"));
            await context.SignOutAsync("Cookies");
            await context.SignInAsync("Cookies", CookieSites.User("local"));
        });
        var browser = site.Site.Browser();
        if (signedInBefore)
        {
            await browser.GetAsync("/local");
        }

        var before = browser.Copy();
        await browser.GetAsync("/thrice");

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.False((await before.SessionAsync()).SignedIn);
        Assert.Single(await site.Sessions.ListAsync("local", "Cookies", TestContext.Current.CancellationToken));
    }

    private sealed class TenantCookies : ICookieManager
    {
        private readonly ChunkingCookieManager _cookies = new();

        public string? GetRequestCookie(HttpContext context, string key) => _cookies.GetRequestCookie(context, NameOf(key));

        public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options)
            => _cookies.AppendResponseCookie(context, NameOf(key), value, options);

        public void DeleteCookie(HttpContext context, string key, CookieOptions options) => _cookies.DeleteCookie(context, NameOf(key), options);

        private static string NameOf(string key) => "tenant" + key;
    }
}
