using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Sessions of users whom no Binance scheme signed in, on the same cookie.
/// </summary>
public sealed class ForeignSessionTests
{
    private static readonly TimeSpan _life = new CookieAuthenticationOptions().ExpireTimeSpan;

    [Fact]
    public async Task Signing_in_again_after_all_sessions_were_ended_keeps_the_user_here_alone()
    {
        await using var site = await ApplicationSites.StartAsync(setup => setup.Pages["/end-all"] = EndAllAsync);
        var (here, there) = (site.Browser(), site.Browser());
        await here.GetAsync("/become?user=somebody");
        await there.GetAsync("/become?user=somebody");

        await here.GetAsync("/end-all");
        Assert.False((await here.SessionAsync()).SignedIn);
        await here.GetAsync("/become?user=somebody");

        Assert.True((await here.SessionAsync()).SignedIn);
        Assert.False((await there.SessionAsync()).SignedIn);
        Assert.Single(await site.Sessions().ListAsync("somebody", "Cookies", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("&persistent")]
    public async Task A_session_that_slides_while_the_cache_takes_no_writes_goes_on(string persistent)
    {
        await using var site = await ApplicationSites.StartAsync();
        var browser = site.Browser();
        await browser.GetAsync("/become?user=somebody" + persistent);
        site.Clock.Pass(_life * 0.6);

        site.Store().InsteadOfWrite = static () => Task.FromException(new IOException("The cache is full."));
        var answer = await browser.GetAsync("/session");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.True(answer.Session.SignedIn);
        site.Store().Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
        site.Clock.Pass(_life * 0.6);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_ticket_that_the_application_renews_is_stored()
    {
        await using var site = await ApplicationSites.StartAsync(setup => setup.Cookie = options
            => options.Events.OnValidatePrincipal = context =>
            {
                context.Properties.Items["seen"] = "1";
                context.ShouldRenew = context.Request.Query.ContainsKey("renew");
                return Task.CompletedTask;
            });
        var browser = site.Browser();
        await browser.GetAsync("/become?user=somebody");

        await browser.GetAsync("/?renew");

        Assert.Equal("somebody", (await browser.SessionAsync()).UserId);
        Assert.Single(await site.Sessions().ListAsync("somebody", "Cookies", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Signing_in_again_with_the_properties_of_before_replaces_the_session()
    {
        await using var site = await ApplicationSites.StartAsync();
        var browser = site.Browser();
        await browser.GetAsync("/become?user=somebody");
        var copy = browser.Copy();

        await browser.GetAsync("/become?user=somebody&again");

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Single(await site.Sessions().ListAsync("somebody", "Cookies", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Signing_in_again_while_the_ticket_is_validated_replaces_the_session()
    {
        await using var site = await ApplicationSites.StartAsync(setup => setup.Cookie = options
            => options.Events.OnValidatePrincipal = context => context.Request.Query.ContainsKey("switch")
                ? context.HttpContext.SignInAsync("Cookies", CookieSites.User("another"), context.Properties)
                : Task.CompletedTask);
        var browser = site.Browser();
        await browser.GetAsync("/become?user=somebody");
        var copy = browser.Copy();

        await browser.GetAsync("/?switch");

        Assert.Equal("another", (await browser.SessionAsync()).UserId);
        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Empty(await site.Sessions().ListAsync("somebody", "Cookies", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_copied_cookie_is_worth_nothing_when_the_application_rejected_and_signed_out()
    {
        await using var site = await ApplicationSites.StartAsync(setup => setup.Cookie = options
            => options.Events.OnValidatePrincipal = context =>
            {
                if (!context.Request.Query.ContainsKey("reject"))
                {
                    return Task.CompletedTask;
                }

                context.RejectPrincipal();
                return context.HttpContext.SignOutAsync("Cookies");
            });
        var browser = site.Browser();
        await browser.GetAsync("/become?user=somebody");
        var copy = browser.Copy();

        await browser.GetAsync("/?reject");

        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Empty(await site.Sessions().ListAsync("somebody", "Cookies", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_session_of_another_provider_is_listed_and_ended_by_its_scheme()
    {
        await using var site = await ApplicationSites.StartAsync();
        var browser = site.Browser();
        await browser.AdoptAsync(new AuthenticationProperties { Items = { [".AuthScheme"] = "GitHub" } });

        Assert.Empty(await site.Sessions().ListAsync("adopted", cancellationToken: TestContext.Current.CancellationToken));
        var session = Assert.Single(await site.Sessions().ListAsync("adopted", "GitHub", TestContext.Current.CancellationToken));
        Assert.True(await site.Sessions().EndAsync("adopted", session.Id, "GitHub", TestContext.Current.CancellationToken));

        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    private static Task EndAllAsync(HttpContext context)
        => ((BinanceSessions)context.RequestServices.GetService(typeof(BinanceSessions))!).EndAllAsync("somebody", "Cookies", context.RequestAborted);
}
