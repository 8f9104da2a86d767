using System.Globalization;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

public sealed class SingleFlightTests
{
    private const int RequestCount = 200;

    [Fact]
    public async Task Two_hundred_concurrent_requests_make_one_refresh_call()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();

        // All of them arrive during the call.
        IReadOnlyList<SiteResponse> responses;
        using (var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token))
        {
            var arrived = site.Requests.Next(RequestCount);
            var sending = browser.SendManyAsync(RequestCount);
            await arrived;
            await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
            hold.Release();
            responses = await sending;
        }

        Assert.Equal(1, site.RefreshCalls);
        Assert.All(responses, response => Assert.True(response.Session.SignedIn));
        var accessToken = Assert.Single(responses.Select(response => response.Session.AccessToken).Distinct());
        Assert.True(site.Emulator.Tokens.IsLive(accessToken!));
    }

    [Theory]
    [InlineData(RefreshTokenBehavior.RotateAndRevokeOnReuse)]
    [InlineData(RefreshTokenBehavior.Rotate)]
    [InlineData(RefreshTokenBehavior.Keep)]
    public async Task Concurrent_requests_refresh_once_at_each_expiry(RefreshTokenBehavior server)
    {
        await using var site = await TestSite.StartAsync();
        site.Emulator.Options.RefreshTokenBehavior = server;
        var browser = await site.SignedInAsync();

        for (var expiry = 1; expiry <= 2; expiry++)
        {
            site.Clock.Pass(TestSite.TokenLifetime);
            var responses = await browser.SendManyAsync(RequestCount);
            Assert.All(responses, response => Assert.True(response.Session.SignedIn));
            Assert.Equal(expiry, site.RefreshCalls);

            var session = await browser.SessionAsync();
            Assert.True(session.SignedIn);
            Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
            Assert.Equal(expiry, site.RefreshCalls);
        }
    }

    [Fact]
    public async Task Two_sessions_make_one_refresh_call_each()
    {
        await using var site = await TestSite.StartAsync();
        var one = await site.SignedInAsync();
        var other = await site.SignedInAsync();
        site.Clock.Pass(TestSite.TokenLifetime);

        await Task.WhenAll(one.SendManyAsync(20), other.SendManyAsync(20));

        Assert.Equal(2, site.RefreshCalls);
        Assert.NotEqual((await one.SessionAsync()).AccessToken, (await other.SessionAsync()).AccessToken);
    }

    [Fact]
    public async Task Token_is_refreshed_five_minutes_before_expiry()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TestSite.TokenLifetime - TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));

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
    public async Task Token_is_refreshed_exactly_RefreshBeforeExpiration_before_expiry(string beforeExpiration)
    {
        var before = TimeSpan.Parse(beforeExpiration, CultureInfo.InvariantCulture);
        await using var site = await TestSite.StartAsync(setup => setup.Binance = options => options.RefreshBeforeExpiration = before);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TestSite.TokenLifetime - before - TimeSpan.FromTicks(1));

        await browser.SessionAsync();
        Assert.Equal(0, site.RefreshCalls);

        site.Clock.Pass(TimeSpan.FromTicks(1));
        await browser.SessionAsync();
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [InlineData(5, 8)]
    [InlineData(20, 30)]
    [InlineData(20, 39)]
    public async Task Token_with_less_than_twice_RefreshBeforeExpiration_is_refreshed_after_half_of_its_lifetime(int before, int lifetime)
    {
        await using var site = await TestSite.StartAsync(setup => setup.Binance = options => options.RefreshBeforeExpiration = TimeSpan.FromMinutes(before));
        site.Emulator.Options.AccessTokenLifetime = TimeSpan.FromMinutes(lifetime);
        var browser = await site.SignedInAsync();
        site.Clock.Pass((TimeSpan.FromMinutes(lifetime) / 2) - TimeSpan.FromTicks(1));

        await browser.SessionAsync();
        Assert.Equal(0, site.RefreshCalls);

        site.Clock.Pass(TimeSpan.FromTicks(1));
        await browser.SessionAsync();
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Request_that_refreshes_has_the_new_token()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(TestSite.TokenLifetime);

        var after = await browser.SessionAsync();

        Assert.NotEqual(before.AccessToken, after.AccessToken);
        Assert.NotEqual(before.RefreshToken, after.RefreshToken);
        Assert.Equal(before.Claims, after.Claims);
        Assert.True(site.Emulator.Tokens.IsLive(after.AccessToken!));
    }
}
