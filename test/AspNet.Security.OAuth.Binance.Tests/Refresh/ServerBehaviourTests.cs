using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// Binance does not document whether a refresh rotates the refresh token (W5): sessions work with each behaviour.
/// </summary>
public sealed class ServerBehaviourTests
{
    [Theory]
    [InlineData(RefreshTokenBehavior.Keep)]
    [InlineData(RefreshTokenBehavior.Rotate)]
    [InlineData(RefreshTokenBehavior.RotateAndRevokeOnReuse)]
    public async Task Session_lasts_a_day_with_hourly_refreshes(RefreshTokenBehavior server)
    {
        await using var site = await TestSite.StartAsync();
        site.Emulator.Options.RefreshTokenBehavior = server;
        var browser = await site.SignedInAsync();

        for (var hour = 1; hour <= 24; hour++)
        {
            site.Clock.Pass(TimeSpan.FromHours(1));
            await browser.SendManyAsync(5);
            var session = await browser.SessionAsync();
            Assert.True(session.SignedIn);
            Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
            Assert.True(site.Emulator.Tokens.IsRefreshTokenLive(session.RefreshToken!));
            Assert.Equal(hour, site.RefreshCalls);
        }
    }

    [Theory]
    [InlineData(RefreshTokenBehavior.Keep)]
    [InlineData(RefreshTokenBehavior.RotateAndRevokeOnReuse)]
    public async Task Token_of_one_minute_is_refreshed_after_half_of_its_lifetime(RefreshTokenBehavior server)
    {
        await using var site = await TestSite.StartAsync();
        site.Emulator.Options.AccessTokenLifetime = TimeSpan.FromSeconds(60);
        site.Emulator.Options.RefreshTokenBehavior = server;
        var browser = await site.SignedInAsync();

        for (var second = 1; second <= 120; second++)
        {
            site.Clock.Pass(TimeSpan.FromSeconds(1));
            await browser.SessionAsync();

            Assert.Equal(second / 30, site.RefreshCalls);
        }
    }
}
