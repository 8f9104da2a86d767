using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// Two devices of one user: each has the tokens of its own sign-in, whether or not the server rotates refresh tokens. When a server gives both devices
/// the same refresh token, neither a refresh nor a sign-out ends the session of the other device.
/// </summary>
public sealed class TwoDevicesTests : IAsyncDisposable
{
    private const string Shared = "shared-refresh-token";
    private const string Next = "next-refresh-token";

    private readonly IdentityDatabase _database = new();

    public static TheoryData<RefreshTokenBehavior> Behaviors => [RefreshTokenBehavior.RotateAndRevokeOnReuse, RefreshTokenBehavior.Rotate, RefreshTokenBehavior.Keep];

    /// <summary>Whether the devices reach two processes.</summary>
    public static TheoryData<bool> Places => [false, true];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Behaviors))]
    public async Task Two_devices_refresh_and_sign_out_independently(RefreshTokenBehavior behavior)
    {
        await using var site = await _database.StartAsync();
        site.Emulator.Options.RefreshTokenBehavior = behavior;
        var (one, other) = (new AccountBrowser(site), new AccountBrowser(site));
        await one.RegisterAsync();
        await other.SignInAsync();
        for (var day = 0; day < 3; day++)
        {
            site.Clock.Pass(TimeSpan.FromDays(1));
            var (mine, its) = (await one.TokenAsync(), await other.TokenAsync());
            Assert.NotEqual(mine, its);
            Assert.True(site.Emulator.Tokens.IsLive(mine!));
            Assert.True(site.Emulator.Tokens.IsLive(its!));
        }

        Assert.Equal(6, site.RefreshCalls);
        var last = await one.TokenAsync();
        await one.SignOutAsync();

        Assert.Equal([last!], site.Revoked());
        site.Clock.Pass(TimeSpan.FromDays(1));
        Assert.True(site.Emulator.Tokens.IsLive((await other.TokenAsync())!));
    }

    [Fact(Timeout = 60_000)]
    public async Task Device_whose_grant_has_ended_uses_the_other_device_s_tokens()
    {
        await using var site = await _database.StartAsync();
        var (one, other) = (new AccountBrowser(site), new AccountBrowser(site));
        var first = await one.RegisterAsync();
        await other.SignInAsync();
        site.Emulator.Tokens.Revoke(first);
        site.Clock.Pass(TestSite.TokenLifetime);

        // The other device's tokens are the user's as well.
        var token = await one.TokenAsync();

        Assert.True(site.Emulator.Tokens.IsLive(token!));
        Assert.Equal(token, await other.TokenAsync());
        await one.SignOutAsync();
        Assert.Empty(site.Revocations);
        Assert.Equal(token, await other.TokenAsync());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Places))]
    public async Task Kept_refresh_token_is_used_once_by_each_device(bool elsewhere)
    {
        await using var farm = await _database.StartFarmAsync();
        var (one, other) = await ShareAsync(farm, elsewhere);
        var (mine, its) = (farm.First.Bring(Shared), farm.First.Bring(Shared));

        Assert.Equal(mine, await one.TokenAsync());
        Assert.Equal(its, await other.TokenAsync());
        Assert.Equal(mine, await one.TokenAsync());
        Assert.Equal(2, farm.First.RefreshCalls);

        await one.SignOutAsync();
        Assert.Equal([mine], farm.First.Revoked());
        Assert.Equal(its, await other.TokenAsync());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Places))]
    public async Task Rotated_refresh_token_is_used_once_for_both_devices(bool elsewhere)
    {
        await using var farm = await _database.StartFarmAsync();
        var (one, other) = await ShareAsync(farm, elsewhere);
        var brought = farm.First.Bring(Next);
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = one.TokenAsync();
        await hold.WaitForCallsAsync(1, Stop);
        var otherPage = other.TokenAsync();
        hold.Release();

        Assert.Equal((brought, brought), (await page, await otherPage));
        Assert.Equal(1, farm.First.RefreshCalls);
        Assert.All(await farm.First.SignInsAsync(), row => Assert.Contains(Next, row, StringComparison.Ordinal));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Places))]
    public async Task Rotated_refresh_token_s_outcome_serves_a_device_minutes_later(bool elsewhere)
    {
        await using var farm = await _database.StartFarmAsync();
        var (one, other) = await ShareAsync(farm, elsewhere);
        var brought = farm.First.Bring(Next);

        Assert.Equal(brought, await one.TokenAsync());
        farm.First.Clock.Pass(TimeSpan.FromMinutes(9));

        Assert.Equal(brought, await other.TokenAsync());
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    // The outcome of the rotation is no longer kept, so that the other device's refresh token is refused.
    [Fact(Timeout = 60_000)]
    public async Task Device_whose_refresh_token_was_rotated_uses_the_other_device_s_tokens()
    {
        await using var farm = await _database.StartFarmAsync();
        var site = farm.First;
        var (one, other) = await ShareAsync(farm, elsewhere: false);
        farm.First.Bring(Next);
        await one.TokenAsync();
        site.Clock.Pass(TimeSpan.FromHours(1));
        var newest = farm.First.Bring("last-refresh-token", expiresIn: 86400 * 2);
        Assert.Equal(newest, await one.TokenAsync());
        site.Clock.Pass(TimeSpan.FromMinutes(30));

        // The emulator refuses the shared refresh token, which it has not issued.
        Assert.Equal(newest, await other.TokenAsync());

        Assert.True((await other.SessionAsync()).SignedIn);
        Assert.Equal(newest, await one.TokenAsync());
    }

    // Two browsers with the same refresh token, whose access tokens have expired.
    private static async Task<(AccountBrowser One, AccountBrowser Other)> ShareAsync(Farm farm, bool elsewhere)
    {
        var (one, other) = (new AccountBrowser(farm.First), new AccountBrowser(elsewhere ? farm.Second : farm.First));
        farm.First.Bring(Shared);
        await one.RegisterAsync();
        farm.First.Bring(Shared);
        await other.SignInAsync();
        farm.First.Clock.Pass(TestSite.TokenLifetime);
        return (one, other);
    }
}
