using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;

/// <summary>
/// A server that gives two sessions of a user, in two browsers, the same refresh token.
/// </summary>
public sealed class SharedRefreshTokenTests
{
    private const string Shared = "shared-refresh-token";
    private const string Next = "next-refresh-token";

    /// <summary>Whether both have the same access token, whether they reach two processes, and where sessions are.</summary>
    public static MatrixTheoryData<bool, bool, SessionPlace> Sessions => new([false, true], [false, true], [SessionPlace.Cookie, SessionPlace.Server]);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Where_the_server_keeps_it_each_session_makes_its_own_call_never_two_at_once(bool sameAccessToken, bool elsewhere, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (one, other) = await SignInAsync(farm, sameAccessToken, elsewhere);
        var (mine, its) = (Bring(farm, Shared), Bring(farm, Shared));
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

        Assert.Equal(its, (await otherPage).Session.AccessToken);
        Assert.Equal(2, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Where_the_server_keeps_it_a_session_that_comes_later_makes_its_own_call(bool sameAccessToken, bool elsewhere, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (one, other) = await SignInAsync(farm, sameAccessToken, elsewhere);
        var (mine, its) = (Bring(farm, Shared), Bring(farm, Shared));

        Assert.Equal(mine, (await one.SessionAsync()).AccessToken);
        farm.First.Clock.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(its, (await other.SessionAsync()).AccessToken);
        Assert.Equal(mine, (await one.SessionAsync()).AccessToken);
        Assert.Equal(2, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Where_the_server_rotates_it_one_call_serves_both(bool sameAccessToken, bool elsewhere, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (one, other) = await SignInAsync(farm, sameAccessToken, elsewhere);
        var brought = Bring(farm, Next);
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = one.SendAsync("/session");
        await hold.WaitForCallsAsync(1, Stop);
        var arrived = (elsewhere ? farm.Second : farm.First).Requests.Next(1);
        var otherPage = other.SendAsync("/session");
        await arrived;
        hold.Release();

        foreach (var answer in new[] { await page, await otherPage })
        {
            Assert.Equal((brought, Next), (answer.Session.AccessToken, answer.Session.RefreshToken));
        }

        Assert.Equal(1, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Where_the_server_rotates_it_a_session_that_comes_minutes_later_is_served(bool sameAccessToken, bool elsewhere, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (one, other) = await SignInAsync(farm, sameAccessToken, elsewhere);
        var brought = Bring(farm, Next);

        await one.SessionAsync();
        farm.First.Clock.Pass(TimeSpan.FromMinutes(9));

        Assert.Equal(brought, (await other.SessionAsync()).AccessToken);
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Where_the_server_keeps_it_a_sign_out_revokes_the_token_of_its_own_session(bool sameAccessToken, bool elsewhere, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (one, other) = await SignInAsync(farm, sameAccessToken, elsewhere);
        var (mine, its) = (Bring(farm, Shared), Bring(farm, Shared));
        await one.SessionAsync();
        await other.SessionAsync();

        await one.GetAsync("/sign-out");

        Assert.Equal([mine], farm.First.Revoked());
        Assert.True(farm.First.Emulator.Tokens.IsLive(its));
        Assert.Equal(its, (await other.SessionAsync()).AccessToken);
        Assert.False((await one.SessionAsync()).SignedIn);
        Assert.Equal(2, farm.First.RefreshCalls);
    }

    // The other one has refreshed last: its token is the newest of this refresh token, and not this session's.
    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sign_out_with_the_old_cookie_revokes_the_token_of_its_own_session(bool elsewhere)
    {
        await using var farm = await Farm.StartAsync();
        var (one, other) = await SignInAsync(farm, sameAccessToken: false, elsewhere);
        var (mine, its) = (Bring(farm, Shared), Bring(farm, Shared));
        await one.SendAsync("/session");
        await other.SendAsync("/session");

        await one.Copy(farm.Second).GetAsync("/sign-out");

        Assert.Equal([mine], farm.First.Revoked());
        Assert.Equal(its, (await other.SessionAsync()).AccessToken);
        Assert.Equal(2, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(Shared, false)]
    [InlineData(Shared, true)]
    [InlineData(Next, false)]
    [InlineData(Next, true)]
    public async Task An_outcome_whose_session_has_ended_is_not_served(string refreshToken, bool elsewhere)
    {
        await using var farm = await Farm.StartAsync();
        var (one, other) = await SignInAsync(farm, sameAccessToken: false, elsewhere);
        var mine = Bring(farm, refreshToken);
        var copy = one.Copy(farm.Second);
        await one.SessionAsync();
        await one.GetAsync("/sign-out");
        Assert.Equal([mine], farm.First.Revoked());
        var its = Bring(farm, Shared);

        var session = await other.SessionAsync();

        Assert.Equal(its, session.AccessToken);
        Assert.Equal(2, farm.First.RefreshCalls);
        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Equal(2, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(Shared, false)]
    [InlineData(Shared, true)]
    [InlineData(Next, false)]
    [InlineData(Next, true)]
    public async Task An_outcome_that_has_expired_is_not_served(string refreshToken, bool elsewhere)
    {
        await using var farm = await Farm.StartAsync();
        var (one, other) = await SignInAsync(farm, sameAccessToken: false, elsewhere);
        var brief = Bring(farm, refreshToken, expiresIn: 60);
        var old = one.Copy();
        Assert.Equal(brief, (await one.SessionAsync()).AccessToken);
        farm.First.Clock.Pass(TimeSpan.FromSeconds(61));

        var its = Bring(farm, Shared);
        Assert.Equal(its, (await other.SessionAsync()).AccessToken);
        Assert.NotEqual(brief, (await old.SessionAsync()).AccessToken);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_that_returns_with_its_old_cookie_gets_its_own_outcome(bool elsewhere)
    {
        await using var farm = await Farm.StartAsync();
        var (one, other) = await SignInAsync(farm, sameAccessToken: false, elsewhere);
        var (mine, its) = (Bring(farm, Shared), Bring(farm, Shared));
        Assert.Equal(mine, (await one.SendAsync("/session")).Session.AccessToken);
        Assert.Equal(its, (await other.SendAsync("/session")).Session.AccessToken);
        farm.First.Clock.Pass(TimeSpan.FromMinutes(9));

        foreach (var process in new[] { farm.First, farm.Second })
        {
            Assert.Equal(mine, (await one.Copy(process).SessionAsync()).AccessToken);
            Assert.Equal(its, (await other.Copy(process).SessionAsync()).AccessToken);
        }

        Assert.Equal(2, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_token_service_brought_serves_every_session(bool elsewhere)
    {
        await using var farm = await Farm.StartAsync();
        var (one, other) = await SignInAsync(farm, sameAccessToken: false, elsewhere);
        var brought = Bring(farm, Shared);
        var tokens = await farm.First.Client.RefreshTokensAsync(Shared, cancellationToken: Stop);

        Assert.Equal(brought, tokens.AccessToken);
        Assert.Equal(brought, (await one.SessionAsync()).AccessToken);
        Assert.Equal(brought, (await other.SessionAsync()).AccessToken);
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(Shared)]
    [InlineData(Next)]
    public async Task A_refusal_or_a_failure_is_not_repeated_by_the_other_session(string failure)
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
    private static async Task<(LifetimeBrowser One, LifetimeBrowser Other)> SignInAsync(Farm farm, bool sameAccessToken, bool elsewhere)
    {
        var first = farm.First.Emulator.Tokens.Issue().AccessToken;
        farm.First.Bring(first, Shared);
        var one = await farm.First.SignedInAsync();
        farm.First.Bring(sameAccessToken ? first : farm.First.Emulator.Tokens.Issue().AccessToken, Shared);
        var other = await (elsewhere ? farm.Second : farm.First).SignedInAsync();
        farm.First.Clock.Pass(LifetimeSite.TokenLifetime);
        return (one, other);
    }

    // An access token that is live at the server, and that the next refresh brings.
    private static string Bring(Farm farm, string refreshToken, int expiresIn = 3600)
    {
        var accessToken = farm.First.Emulator.Tokens.Issue().AccessToken;
        farm.First.Bring(accessToken, refreshToken, expiresIn: expiresIn);
        return accessToken;
    }
}
