using System.Net;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Sessions that no Binance scheme signed in, on the same cookie.
/// </summary>
public sealed class ForeignSessionTests
{
    private static readonly TimeSpan _life = new CookieAuthenticationOptions().ExpireTimeSpan;

    [Fact]
    public async Task A_sign_in_after_all_sessions_ended_signs_in_that_browser_only()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Pages["/end-all"] = EndAllAsync);
        var (here, there) = (site.Browser(), site.Browser());
        await here.GetAsync("/as?user=somebody");
        await there.GetAsync("/as?user=somebody");

        await here.GetAsync("/end-all");
        Assert.False((await here.SessionAsync()).SignedIn);
        await here.GetAsync("/as?user=somebody");

        Assert.True((await here.SessionAsync()).SignedIn);
        Assert.False((await there.SessionAsync()).SignedIn);
        Assert.Single(await site.ListAsync("somebody", "Cookies"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("&persistent")]
    public async Task A_slide_that_cannot_be_written_keeps_the_session(string persistent)
    {
        await using var site = await ServerSite.StartAsync();
        var browser = site.Browser();
        await browser.GetAsync("/as?user=somebody" + persistent);
        site.Clock.Pass(_life * 0.6);

        site.Store().InsteadOfWrite = static () => Task.FromException(new IOException("The cache is full."));
        var response = await browser.GetAsync("/session");

        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.True(response.Session.SignedIn);
        site.Store().Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
        site.Clock.Pass(_life * 0.6);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_ticket_that_the_application_renews_is_stored()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Cookie = options
            => options.Events.OnValidatePrincipal = context =>
            {
                context.Properties.Items["seen"] = "1";
                context.ShouldRenew = context.Request.Query.ContainsKey("renew");
                return Task.CompletedTask;
            });
        var browser = site.Browser();
        await browser.GetAsync("/as?user=somebody");

        await browser.GetAsync("/?renew");

        Assert.Equal("somebody", (await browser.SessionAsync()).UserId);
        Assert.Single(await site.ListAsync("somebody", "Cookies"));
    }

    [Fact]
    public async Task A_sign_in_with_the_previous_properties_replaces_the_session()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = site.Browser();
        await browser.GetAsync("/as?user=somebody");
        var copy = browser.Copy();

        await browser.GetAsync("/as?user=somebody&again");

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Single(await site.ListAsync("somebody", "Cookies"));
    }

    [Fact]
    public async Task A_sign_in_during_validation_replaces_the_session()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Cookie = options
            => options.Events.OnValidatePrincipal = context => context.Request.Query.ContainsKey("switch")
                ? context.HttpContext.SignInAsync("Cookies", CookieSites.User("another"), context.Properties)
                : Task.CompletedTask);
        var browser = site.Browser();
        await browser.GetAsync("/as?user=somebody");
        var copy = browser.Copy();

        await browser.GetAsync("/?switch");

        Assert.Equal("another", (await browser.SessionAsync()).UserId);
        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Empty(await site.ListAsync("somebody", "Cookies"));
    }

    private static Task EndAllAsync(HttpContext context)
        => ((BinanceSessions)context.RequestServices.GetService(typeof(BinanceSessions))!).EndAllAsync("somebody", "Cookies", context.RequestAborted);
}
