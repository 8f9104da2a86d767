using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// The response with the new cookie is lost, so that the browser sends the old cookie again.
/// </summary>
public sealed class LostRefreshResponseTests
{
    [Fact]
    public async Task Old_cookie_stays_signed_in_for_ten_minutes_without_a_second_refresh()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();

        var lost = await browser.SendAsync("/session");
        site.Clock.Pass(TimeSpan.FromSeconds(599));
        var again = await browser.GetAsync("/session");

        Assert.True(again.Session.SignedIn);
        Assert.Equal(lost.Session.AccessToken, again.Session.AccessToken);
        Assert.Equal(1, site.RefreshCalls);

        // The new cookie works as well.
        site.Clock.Pass(TestSite.TokenLifetime);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(2, site.RefreshCalls);
    }

    [Fact]
    public async Task Old_cookie_is_signed_out_after_ten_minutes()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();

        await browser.SendAsync("/session");
        site.Clock.Pass(TimeSpan.FromSeconds(601));
        var late = await browser.GetAsync("/session");

        Assert.Equal(2, site.RefreshCalls);
        Assert.False(late.Session.SignedIn);
        Assert.True(late.DeletesSessionCookie);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Fact]
    public async Task Old_cookie_is_refreshed_after_ten_minutes_when_the_server_does_not_rotate_refresh_tokens()
    {
        await using var site = await TestSite.StartAsync();
        site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var browser = await site.WithExpiredTokenAsync();

        await browser.SendAsync("/session");
        site.Clock.Pass(TimeSpan.FromMinutes(10));

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(2, site.RefreshCalls);
    }
}
