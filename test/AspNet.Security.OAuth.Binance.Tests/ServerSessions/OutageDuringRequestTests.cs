using System.Net;

using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The cache fails after the session was read: the page is served, and the next request is signed in.
/// </summary>
public sealed class OutageDuringRequestTests
{
    [Fact]
    public async Task A_refresh_that_cannot_be_written_serves_the_page_with_the_new_token()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        FailWrites(site);

        var response = await browser.GetAsync("/session");

        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.Empty(response.SetCookies);
        Assert.True(site.Emulator.Tokens.IsLive(response.Session.AccessToken!));
        Assert.Contains(site.Logged(LogLevel.Error), record => record.Id.Name == "SessionsUnavailable");
        site.Store().Commands.Recover();
        Assert.Equal(response.Session.AccessToken, (await browser.SessionAsync()).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
    }

    // The outcome is kept for ten minutes, and written by the next request.
    [Fact]
    public async Task A_refresh_that_could_not_be_written_is_written_by_the_next_request()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        FailWrites(site);
        await browser.GetAsync("/session");
        site.Store().Commands.Recover();

        await browser.GetAsync("/session");
        site.Clock.Pass(TimeSpan.FromMinutes(11));

        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slide_that_cannot_be_written_serves_the_page(bool persistent)
    {
        await using var site = await ServerSite.StartAsync(setup =>
        {
            setup.Binance = options => options.AutomaticRefresh = false;
            if (persistent)
            {
                setup.Persist();
            }
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromDays(8));
        FailWrites(site);

        var response = await browser.GetAsync("/session");

        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.True(response.Session.SignedIn);
        Assert.Contains(site.Logged(LogLevel.Error), record => record.Id.Name == "SessionsUnavailable");
        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(site.Clock.GetUtcNow().AddDays(14), (await browser.SessionAsync()).Expires);
    }

    [Fact]
    public async Task A_write_that_hangs_delays_the_page_by_three_seconds()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Binance = options => options.AutomaticRefresh = false);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromDays(8));
        var write = site.Store().Commands.Hold(StoreCommand.Set, ServerSite.Ticket);
        var waiting = site.Clock.NextTimer(TimeSpan.FromSeconds(3));
        var page = browser.GetAsync("/session");
        await write.Reached;
        await waiting;

        site.Clock.Pass(TimeSpan.FromSeconds(3));

        Assert.Equal(HttpStatusCode.OK, (await page).Status);
        write.Release();
        site.Clock.Pass(TimeSpan.FromSeconds(5));
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // A successful response would be wrong, because a copied cookie would still be signed in.
    [Fact]
    public async Task A_sign_out_that_cannot_be_written_gets_503()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        FailWrites(site);

        var response = await browser.PostAsync("/sign-out");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        site.Store().Commands.Recover();
        await browser.PostAsync("/sign-out");
        Assert.False(browser.HasSessionCookie);
        Assert.Empty(site.Store().Tickets());
    }

    private static void FailWrites(TestSite site) => site.Store().Commands.Before = (command, _) => command is StoreCommand.Get
        ? Task.CompletedTask
        : Task.FromException(new InvalidOperationException("the connection is lost"));
}
