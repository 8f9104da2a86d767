using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// What becomes of a refresh token that was used is not documented (W5): the session lives with each kind of server.
/// </summary>
public sealed class ServerBehaviourTests
{
    [Theory]
    [InlineData(RefreshTokenBehavior.Keep)]
    [InlineData(RefreshTokenBehavior.Rotate)]
    [InlineData(RefreshTokenBehavior.RotateAndRevokeOnReuse)]
    public async Task A_session_lives_through_a_day_of_refreshes(RefreshTokenBehavior server)
    {
        await using var site = await LifetimeSite.StartAsync();
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
    public async Task A_token_that_lives_a_minute_is_refreshed_after_half_its_life_and_not_with_each_request(RefreshTokenBehavior server)
    {
        await using var site = await LifetimeSite.StartAsync();
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
