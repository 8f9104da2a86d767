using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// A request that knows two tokens of a session writes the newer one, with the lifetime that belongs to it.
/// </summary>
public sealed class NewerTokensTests
{
    [Fact]
    public async Task Slow_request_writes_the_newer_token_of_its_session_when_the_server_keeps_the_refresh_token()
    {
        var page = new SlowPage();
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = static cookie => Pending.Slide.Configure(cookie);
            setup.Pages["/slow"] = page.ServeAsync;
        });
        site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var browser = await site.SignedInAsync();
        site.Clock.Pass(Pending.Slide.Age());
        var slow = await page.OpenAsync(browser);
        site.Clock.Pass(TimeSpan.FromMinutes(2));
        var newest = await browser.SessionAsync();

        page.Respond();
        browser.Receive(await slow);

        Assert.Equal(newest.AccessToken, site.Ticket(browser.SessionCookie.Value).Properties.GetTokenValue("access_token"));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Sign_in_keeps_its_token_when_an_older_one_has_the_same_refresh_token()
    {
        const string Kept = "kept-refresh-token";
        await using var site = await TestSite.StartAsync();
        var older = site.Bring(Kept);
        Assert.Equal(older, (await site.Client.RefreshTokensAsync(Kept, cancellationToken: TestContext.Current.CancellationToken)).AccessToken);
        site.Clock.Pass(TimeSpan.FromMinutes(5));
        var newer = site.Bring(Kept);

        var browser = await site.SignedInAsync();

        Assert.Equal(newer, (await browser.SessionAsync()).AccessToken);
    }

    // Tokens of a short lifetime are due after half of it, and others five minutes before they expire. Without a lock only the store has those of
    // the other process.
    [Theory]
    [InlineData(60, 54, 58, 4, 1)]
    [InlineData(4, 1, 3, 60, 2)]
    public async Task Renewal_by_the_application_keeps_the_lifetime_of_the_newer_token(int lifetime, int opened, int refreshed, int newLifetime, int refreshes)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(SessionPlace.TicketStore));
        void Share(SiteSetup setup)
        {
            setup.Cookie = static cookie => Pending.Renewal.Configure(cookie);
            setup.Pages["/slow"] = page.ServeAsync;
            sessions.Configure(setup);
        }

        await using var site = await TestSite.StartAsync(Share);
        await using var other = await site.StartNeighbourAsync(Share);
        site.Emulator.Options.AccessTokenLifetime = TimeSpan.FromMinutes(lifetime);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(opened));
        var slow = await page.OpenAsync(browser);
        site.Emulator.Options.AccessTokenLifetime = TimeSpan.FromMinutes(newLifetime);
        site.Clock.Pass(TimeSpan.FromMinutes(refreshed - opened));
        var there = browser.Copy(other);
        var newest = await there.SessionAsync();
        Assert.Equal(1, site.RefreshCalls);
        page.Respond();
        there.Receive(await slow);
        Assert.Equal(newest.AccessToken, (await there.SessionAsync()).AccessToken);

        // The short-lived token has three minutes left then, and the other one four.
        site.Clock.Pass(TimeSpan.FromMinutes(59 - refreshed));

        Assert.True((await there.SessionAsync()).SignedIn);
        Assert.Equal(refreshes, site.RefreshCalls);
    }
}
