using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;



namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// New tokens of so short a lifetime that the outcome of their refresh expires while an older request is still in progress.
/// </summary>
public sealed class SpentTokensTests
{
    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_slow_slide_does_not_write_a_spent_refresh_token(SessionPlace place)
    {
        var page = new SlowPage();
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Binance = options => options.RefreshBeforeExpiration = TimeSpan.FromSeconds(30);
            setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromMinutes(20);
            setup.Pages["/slow"] = page.ServeAsync;
            new SessionStorage(place).Configure(setup);
        });
        site.Emulator.Options.AccessTokenLifetime = TimeSpan.FromMinutes(12);
        var browser = await site.SignedInAsync();

        // The slide is pending at minute 11. The token is due half a minute later, and the outcome of its refresh is kept for 2 minutes.
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        var slow = await page.OpenAsync(browser);
        site.Emulator.Options.AccessTokenLifetime = TimeSpan.FromMinutes(4);
        site.Clock.Pass(TimeSpan.FromSeconds(40));
        Assert.True((await browser.SessionAsync()).SignedIn);
        site.Clock.Pass(TimeSpan.FromMinutes(3));
        page.Respond();
        browser.Receive(await slow);

        site.Clock.Pass(TimeSpan.FromMinutes(1));
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(2, site.RefreshCalls);
    }

    // The outcome is kept for 5 minutes.
    [Fact]
    public async Task A_slow_response_writes_the_tokens_that_its_request_refreshed()
    {
        var page = new SlowPage();
        await using var site = await TestSite.StartAsync(setup => setup.Pages["/slow"] = page.ServeAsync);
        site.Emulator.Options.AccessTokenLifetime = TimeSpan.FromMinutes(10);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(10));
        var slow = await page.OpenAsync(browser);
        site.Clock.Pass(TimeSpan.FromMinutes(6));

        page.Respond();
        browser.Receive(await slow);

        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }
}
