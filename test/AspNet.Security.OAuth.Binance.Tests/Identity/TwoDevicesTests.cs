using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// Two devices of one user: each has the tokens of its own sign-in, whatever the server does with refresh tokens. Where a server gives both the same
/// one, what is shared is the grant: no refresh or sign-out of ours ends the other device's.
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
    public async Task With_grants_of_their_own_each_refreshes_and_signs_out_for_itself(RefreshTokenBehavior behavior)
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
    public async Task A_device_whose_grant_has_ended_leaves_the_other_one_s()
    {
        await using var site = await _database.StartAsync();
        var (one, other) = (new AccountBrowser(site), new AccountBrowser(site));
        var first = await one.RegisterAsync();
        await other.SignInAsync();
        site.Emulator.Tokens.Revoke(first);
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        // The user has tokens all the same: those of the other device.
        var token = await one.TokenAsync();

        Assert.True(site.Emulator.Tokens.IsLive(token!));
        Assert.Equal(token, await other.TokenAsync());
        await one.SignOutAsync();
        Assert.Empty(site.Revocations);
        Assert.Equal(token, await other.TokenAsync());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Places))]
    public async Task Where_the_server_keeps_a_shared_refresh_token_each_makes_its_own_call(bool elsewhere)
    {
        await using var farm = await _database.StartFarmAsync();
        var (one, other) = await ShareAsync(farm, elsewhere);
        var (mine, its) = (Bring(farm, Shared), Bring(farm, Shared));

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
    public async Task Where_the_server_rotates_a_shared_refresh_token_one_call_serves_both(bool elsewhere)
    {
        await using var farm = await _database.StartFarmAsync();
        var (one, other) = await ShareAsync(farm, elsewhere);
        var brought = Bring(farm, Next);
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
    public async Task Where_the_server_rotates_it_a_device_that_comes_minutes_later_is_served(bool elsewhere)
    {
        await using var farm = await _database.StartFarmAsync();
        var (one, other) = await ShareAsync(farm, elsewhere);
        var brought = Bring(farm, Next);

        Assert.Equal(brought, await one.TokenAsync());
        farm.First.Clock.Pass(TimeSpan.FromMinutes(9));

        Assert.Equal(brought, await other.TokenAsync());
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    // A day later the other device's refresh token is spent. The user has the tokens of the first one's sign-in.
    [Fact(Timeout = 60_000)]
    public async Task Where_the_server_rotates_it_a_device_that_comes_a_day_later_uses_the_other_one_s_tokens()
    {
        await using var farm = await _database.StartFarmAsync();
        var site = farm.First;
        var (one, other) = await ShareAsync(farm, elsewhere: false);
        Bring(farm, Next);
        await one.TokenAsync();
        site.Clock.Pass(TimeSpan.FromHours(1));
        var newest = Bring(farm, "last-refresh-token", expiresIn: 86400 * 2);
        Assert.Equal(newest, await one.TokenAsync());
        site.Clock.Pass(TimeSpan.FromMinutes(30));

        // The emulator does not know the shared refresh token, and refuses it.
        Assert.Equal(newest, await other.TokenAsync());

        Assert.True((await other.SessionAsync()).SignedIn);
        Assert.Equal(newest, await one.TokenAsync());
    }

    // Two browsers with the same refresh token, whose access tokens have expired.
    private static async Task<(AccountBrowser One, AccountBrowser Other)> ShareAsync(Farm farm, bool elsewhere)
    {
        var (one, other) = (new AccountBrowser(farm.First), new AccountBrowser(elsewhere ? farm.Second : farm.First));
        Bring(farm, Shared);
        await one.RegisterAsync();
        Bring(farm, Shared);
        await other.SignInAsync();
        farm.First.Clock.Pass(LifetimeSite.TokenLifetime);
        return (one, other);
    }

    // An access token that is live at the server, with a grant of its own, and that the next response brings.
    private static string Bring(Farm farm, string refreshToken, int expiresIn = 3600)
    {
        var accessToken = farm.First.Emulator.Tokens.Issue().AccessToken;
        farm.First.Bring(accessToken, refreshToken, expiresIn: expiresIn);
        return accessToken;
    }
}
