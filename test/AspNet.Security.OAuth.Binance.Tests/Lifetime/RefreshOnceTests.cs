using System.Globalization;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

public sealed class RefreshOnceTests
{
    private const int Crowd = 200;

    [Fact]
    public async Task Two_hundred_requests_at_once_with_one_expired_token_make_one_refresh_call()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();

        // All of them come while the call runs.
        IReadOnlyList<SiteAnswer> answers;
        using (var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token))
        {
            var arrived = site.Requests.Next(Crowd);
            var crowd = browser.SendManyAsync(Crowd);
            await arrived;
            await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
            hold.Release();
            answers = await crowd;
        }

        Assert.Equal(1, site.RefreshCalls);
        Assert.All(answers, answer => Assert.True(answer.Session.SignedIn));
        var accessToken = Assert.Single(answers.Select(answer => answer.Session.AccessToken).Distinct());
        Assert.True(site.Emulator.Tokens.IsLive(accessToken!));
    }

    [Theory]
    [InlineData(RefreshTokenBehavior.RotateAndRevokeOnReuse)]
    [InlineData(RefreshTokenBehavior.Rotate)]
    [InlineData(RefreshTokenBehavior.Keep)]
    public async Task The_session_is_alive_after_a_crowd_and_after_another_at_the_next_expiry(RefreshTokenBehavior server)
    {
        await using var site = await LifetimeSite.StartAsync();
        site.Emulator.Options.RefreshTokenBehavior = server;
        var browser = await site.SignedInAsync();

        for (var expiry = 1; expiry <= 2; expiry++)
        {
            site.Clock.Pass(LifetimeSite.TokenLifetime);
            var answers = await browser.SendManyAsync(Crowd);
            Assert.All(answers, answer => Assert.True(answer.Session.SignedIn));
            Assert.Equal(expiry, site.RefreshCalls);

            var session = await browser.SessionAsync();
            Assert.True(session.SignedIn);
            Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
            Assert.Equal(expiry, site.RefreshCalls);
        }
    }

    [Fact]
    public async Task Two_sessions_are_refreshed_by_one_call_each()
    {
        await using var site = await LifetimeSite.StartAsync();
        var one = await site.SignedInAsync();
        var other = await site.SignedInAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        await Task.WhenAll(one.SendManyAsync(20), other.SendManyAsync(20));

        Assert.Equal(2, site.RefreshCalls);
        Assert.NotEqual((await one.SessionAsync()).AccessToken, (await other.SessionAsync()).AccessToken);
    }

    [Fact]
    public async Task A_token_is_refreshed_five_minutes_before_it_expires_and_no_earlier()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime - TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));

        await browser.SessionAsync();
        Assert.Equal(0, site.RefreshCalls);

        site.Clock.Pass(TimeSpan.FromSeconds(1));
        await browser.SessionAsync();
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [InlineData("00:00:00")]
    [InlineData("00:00:00.0000001")]
    [InlineData("00:00:00.5000000")]
    [InlineData("00:05:00.2500000")]
    [InlineData("00:29:59.9999999")]
    public async Task A_token_is_refreshed_at_the_very_instant_that_was_asked_for(string beforeExpiration)
    {
        var before = TimeSpan.Parse(beforeExpiration, CultureInfo.InvariantCulture);
        await using var site = await LifetimeSite.StartAsync(setup => setup.Binance = options => options.RefreshBeforeExpiration = before);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime - before - TimeSpan.FromTicks(1));

        await browser.SessionAsync();
        Assert.Equal(0, site.RefreshCalls);

        site.Clock.Pass(TimeSpan.FromTicks(1));
        await browser.SessionAsync();
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task The_request_that_finds_the_token_expired_has_the_new_one_already()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        var after = await browser.SessionAsync();

        Assert.NotEqual(before.AccessToken, after.AccessToken);
        Assert.NotEqual(before.RefreshToken, after.RefreshToken);
        Assert.Equal(before.Claims, after.Claims);
        Assert.True(site.Emulator.Tokens.IsLive(after.AccessToken!));
    }
}
