using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Sign-ins by the application: with the properties of an ended session, several in one request, or too late in a response.
/// </summary>
public sealed class ApplicationServerSignInTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(SessionPlace.Server)]
    [InlineData(SessionPlace.Cookie)]
    public async Task A_sign_in_with_the_properties_of_an_ended_session_keeps_the_browser_signed_in(SessionPlace place)
    {
        AuthenticateResult? ended = null;
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Pages["/keep"] = async context => ended = await context.AuthenticateAsync("Cookies");
            setup.Pages["/reuse"] = context => context.SignInAsync("Cookies", ended!.Principal!, ended.Properties);
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/keep");
        await browser.GetAsync("/sign-out");
        await browser.SignInAsync();

        await browser.GetAsync("/reuse");

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sign_in_a_sign_out_and_a_sign_in_in_one_request_leave_one_session(bool signedInBefore)
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Pages["/thrice"] = async context =>
        {
            await context.SignInAsync("Cookies", CookieSites.User("local"));
            await context.SignOutAsync("Cookies");
            await context.SignInAsync("Cookies", CookieSites.User("local"));
        });
        var browser = site.Browser();
        if (signedInBefore)
        {
            await browser.GetAsync("/as?user=local");
        }

        var before = browser.Copy();
        await browser.GetAsync("/thrice");

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.False((await before.SessionAsync()).SignedIn);
        Assert.Single(await site.Sessions().ListAsync("local", "Cookies", TestContext.Current.CancellationToken));
    }

    // The key of the challenge is in both copies of the properties.
    [Fact(Timeout = 60_000)]
    public async Task A_sign_in_with_a_copy_of_the_callback_s_properties_ends_the_sessions_of_the_challenge_and_of_the_callback()
    {
        var signsIn = false;
        await using var site = await ServerSite.StartAsync(setup => setup.Binance = options => options.Events.OnTicketReceived = context
            => signsIn ? context.HttpContext.SignInAsync("Cookies", context.Principal!, context.Properties!.Clone()) : Task.CompletedTask);
        var browser = await site.SignedInAsync();
        var (atChallenge, atCallback) = (browser.Copy(), site.Browser());
        await atCallback.GetAsync("/as?user=another");
        var callback = await browser.ConsentAsync();
        browser.Jar.Add(atCallback.SessionCookie);
        signsIn = true;

        await browser.ReturnFromBinanceAsync(callback);

        Assert.Equal(ServerSite.User, (await browser.SessionAsync()).UserId);
        Assert.False((await atChallenge.SessionAsync()).SignedIn);
        Assert.False((await atCallback.SessionAsync()).SignedIn);
        Assert.Single(site.Store().Tickets());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sign_in_after_the_response_started_leaves_no_session()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Pages["/late"] = async context =>
        {
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            try
            {
                await context.SignInAsync("Cookies", CookieSites.User("local"));
            }
            catch (InvalidOperationException)
            {
                // The headers cannot be changed any more.
            }
        });

        var response = await site.Browser().GetAsync("/late");

        Assert.Null(response.SessionCookie);
        Assert.Empty(await site.Sessions().ListAsync("local", "Cookies", TestContext.Current.CancellationToken));
    }
}
