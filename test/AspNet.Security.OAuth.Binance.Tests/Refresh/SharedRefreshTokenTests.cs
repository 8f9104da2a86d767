using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// A server that gives two sessions of a user, in two browsers, the same refresh token.
/// </summary>
public sealed class SharedRefreshTokenTests
{
    private const string Shared = "shared-refresh-token";
    private const string Next = "next-refresh-token";

    /// <summary>Whether both sessions have the same access token, whether they use two processes, and where sessions are stored.</summary>
    public static MatrixTheoryData<bool, bool, SessionPlace> Sessions => new([false, true], [false, true], [SessionPlace.Cookie, SessionPlace.Server]);

    /// <summary>The refresh token of the first session after its refresh, and whether the sessions use two processes.</summary>
    public static MatrixTheoryData<string, bool> RefreshTokens => new([Shared, Next], [false, true]);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Kept_refresh_token_is_used_by_one_session_after_the_other(bool sameAccessToken, bool elsewhere, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (one, other) = await SignInAsync(farm, sameAccessToken, elsewhere);
        var (mine, others) = (farm.First.Bring(Shared), farm.First.Bring(Shared));
        using var first = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = one.SendAsync("/session");
        await first.WaitForCallsAsync(1, Stop);
        var arrived = (elsewhere ? farm.Second : farm.First).Requests.Next(1);
        var otherPage = other.SendAsync("/session");
        await arrived;
        using var second = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        Assert.Equal(1, first.Arrived);

        first.Release();
        Assert.Equal(mine, (await page).Session.AccessToken);
        await second.WaitForCallsAsync(1, Stop);
        Assert.Equal(1, first.Arrived);
        second.Release();

        Assert.Equal(others, (await otherPage).Session.AccessToken);
        Assert.Equal(2, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Kept_refresh_token_is_used_again_by_a_later_session(bool sameAccessToken, bool elsewhere, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (one, other) = await SignInAsync(farm, sameAccessToken, elsewhere);
        var (mine, others) = (farm.First.Bring(Shared), farm.First.Bring(Shared));

        Assert.Equal(mine, (await one.SessionAsync()).AccessToken);
        farm.First.Clock.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(others, (await other.SessionAsync()).AccessToken);
        Assert.Equal(mine, (await one.SessionAsync()).AccessToken);
        Assert.Equal(2, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Rotated_refresh_token_is_used_once_for_both_sessions(bool sameAccessToken, bool elsewhere, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (one, other) = await SignInAsync(farm, sameAccessToken, elsewhere);
        var shared = farm.First.Bring(Next);
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = one.SendAsync("/session");
        await hold.WaitForCallsAsync(1, Stop);
        var arrived = (elsewhere ? farm.Second : farm.First).Requests.Next(1);
        var otherPage = other.SendAsync("/session");
        await arrived;
        hold.Release();

        foreach (var response in new[] { await page, await otherPage })
        {
            Assert.Equal((shared, Next), (response.Session.AccessToken, response.Session.RefreshToken));
        }

        Assert.Equal(1, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Rotated_refresh_token_s_outcome_serves_a_session_minutes_later(bool sameAccessToken, bool elsewhere, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (one, other) = await SignInAsync(farm, sameAccessToken, elsewhere);
        var shared = farm.First.Bring(Next);

        await one.SessionAsync();
        farm.First.Clock.Pass(TimeSpan.FromMinutes(9));

        Assert.Equal(shared, (await other.SessionAsync()).AccessToken);
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Sign_out_revokes_the_token_of_its_own_session(bool sameAccessToken, bool elsewhere, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (one, other) = await SignInAsync(farm, sameAccessToken, elsewhere);
        var (mine, others) = (farm.First.Bring(Shared), farm.First.Bring(Shared));
        await one.SessionAsync();
        await other.SessionAsync();

        await one.GetAsync("/sign-out");

        Assert.Equal([mine], farm.First.Revoked());
        Assert.True(farm.First.Emulator.Tokens.IsLive(others));
        Assert.Equal(others, (await other.SessionAsync()).AccessToken);
        Assert.False((await one.SessionAsync()).SignedIn);
        Assert.Equal(2, farm.First.RefreshCalls);
    }

    // The other session refreshes last, so that the newest token of the refresh token is not this session's.
    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sign_out_with_the_old_cookie_revokes_the_token_of_its_own_session(bool elsewhere)
    {
        await using var farm = await Farm.StartAsync();
        var (one, other) = await SignInAsync(farm, sameAccessToken: false, elsewhere);
        var (mine, others) = (farm.First.Bring(Shared), farm.First.Bring(Shared));
        await one.SendAsync("/session");
        await other.SendAsync("/session");

        await one.Copy(farm.Second).GetAsync("/sign-out");

        Assert.Equal([mine], farm.First.Revoked());
        Assert.Equal(others, (await other.SessionAsync()).AccessToken);
        Assert.Equal(2, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(RefreshTokens))]
    public async Task Outcome_of_an_ended_session_is_not_reused(string refreshToken, bool elsewhere)
    {
        await using var farm = await Farm.StartAsync();
        var (one, other) = await SignInAsync(farm, sameAccessToken: false, elsewhere);
        var mine = farm.First.Bring(refreshToken);
        var copy = one.Copy(farm.Second);
        await one.SessionAsync();
        await one.GetAsync("/sign-out");
        Assert.Equal([mine], farm.First.Revoked());
        var others = farm.First.Bring(Shared);

        var session = await other.SessionAsync();

        Assert.Equal(others, session.AccessToken);
        Assert.Equal(2, farm.First.RefreshCalls);
        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Equal(2, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(RefreshTokens))]
    public async Task Expired_outcome_is_not_reused(string refreshToken, bool elsewhere)
    {
        await using var farm = await Farm.StartAsync();
        var (one, other) = await SignInAsync(farm, sameAccessToken: false, elsewhere);
        var expiring = farm.First.Bring(refreshToken, expiresIn: 60);
        var old = one.Copy();
        Assert.Equal(expiring, (await one.SessionAsync()).AccessToken);
        farm.First.Clock.Pass(TimeSpan.FromSeconds(61));

        var others = farm.First.Bring(Shared);
        Assert.Equal(others, (await other.SessionAsync()).AccessToken);
        Assert.NotEqual(expiring, (await old.SessionAsync()).AccessToken);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Old_cookie_gets_the_outcome_of_its_own_session(bool elsewhere)
    {
        await using var farm = await Farm.StartAsync();
        var (one, other) = await SignInAsync(farm, sameAccessToken: false, elsewhere);
        var (mine, others) = (farm.First.Bring(Shared), farm.First.Bring(Shared));
        Assert.Equal(mine, (await one.SendAsync("/session")).Session.AccessToken);
        Assert.Equal(others, (await other.SendAsync("/session")).Session.AccessToken);
        farm.First.Clock.Pass(TimeSpan.FromMinutes(9));

        foreach (var process in new[] { farm.First, farm.Second })
        {
            Assert.Equal(mine, (await one.Copy(process).SessionAsync()).AccessToken);
            Assert.Equal(others, (await other.Copy(process).SessionAsync()).AccessToken);
        }

        Assert.Equal(2, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Outcome_of_the_token_service_serves_every_session(bool elsewhere)
    {
        await using var farm = await Farm.StartAsync();
        var (one, other) = await SignInAsync(farm, sameAccessToken: false, elsewhere);
        var shared = farm.First.Bring(Shared);
        var tokens = await farm.First.Client.RefreshTokensAsync(Shared, cancellationToken: Stop);

        Assert.Equal(shared, tokens.AccessToken);
        Assert.Equal(shared, (await one.SessionAsync()).AccessToken);
        Assert.Equal(shared, (await other.SessionAsync()).AccessToken);
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(Shared)]
    [InlineData(Next)]
    public async Task Refusal_or_failure_is_not_repeated_by_the_other_session(string failure)
    {
        await using var farm = await Farm.StartAsync();
        var (one, other) = await SignInAsync(farm, sameAccessToken: false, elsewhere: true);
        var isRefusal = failure == Next;
        farm.First.Emulator.Faults.Next(EmulatorEndpoint.Token, isRefusal ? EmulatorFault.Body("""{"error":"invalid_grant"}""", 400) : EmulatorFault.Status(503));

        Assert.Equal(!isRefusal, (await one.SessionAsync()).SignedIn);
        Assert.Equal(!isRefusal, (await other.SessionAsync()).SignedIn);
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    // Two browsers, whose access tokens expire next.
    private static async Task<(SiteBrowser One, SiteBrowser Other)> SignInAsync(Farm farm, bool sameAccessToken, bool elsewhere)
    {
        var first = farm.First.Emulator.Tokens.Issue().AccessToken;
        farm.First.Bring(first, Shared);
        var one = await farm.First.SignedInAsync();
        farm.First.Bring(sameAccessToken ? first : farm.First.Emulator.Tokens.Issue().AccessToken, Shared);
        var other = await (elsewhere ? farm.Second : farm.First).SignedInAsync();
        farm.First.Clock.Pass(TestSite.TokenLifetime);
        return (one, other);
    }
}
