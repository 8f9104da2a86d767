using AspNet.Security.OAuth.Binance.Emulator;
namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

public sealed class LostAnswerTests
{
    [Fact]
    public async Task The_old_cookie_is_signed_in_within_ten_minutes_without_a_second_refresh()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();

        var lost = await browser.SendAsync("/session");
        site.Clock.Pass(TimeSpan.FromSeconds(599));
        var again = await browser.GetAsync("/session");

        Assert.True(again.Session.SignedIn);
        Assert.Equal(lost.Session.AccessToken, again.Session.AccessToken);
        Assert.Equal(1, site.RefreshCalls);

        // The browser has the new cookie now, and the session goes on with it.
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(2, site.RefreshCalls);
    }

    [Fact]
    public async Task The_old_cookie_is_spent_after_ten_minutes_and_signed_out()
    {
        await using var site = await LifetimeSite.StartAsync();
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
    public async Task The_old_cookie_is_signed_in_when_the_server_keeps_its_refresh_tokens_however_late_it_comes()
    {
        await using var site = await LifetimeSite.StartAsync();
        site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var browser = await site.WithExpiredTokenAsync();

        await browser.SendAsync("/session");
        site.Clock.Pass(TimeSpan.FromMinutes(10));

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(2, site.RefreshCalls);
    }
}
