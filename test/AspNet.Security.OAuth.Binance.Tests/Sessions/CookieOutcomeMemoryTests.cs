using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// How long the outcome of a refresh is kept for browsers that still have the old cookie: ten minutes, at most half of the new access
/// token's lifetime. Later the spent refresh token is sent, and a server that rotates refresh tokens refuses it.
/// </summary>
public sealed class CookieOutcomeMemoryTests
{
    // A token of this lifetime is due again when the outcome of its refresh expires.
    private const int LifeOfATokenThatIsDueAgain = 10;

    /// <summary>An access token's lifetime in minutes, the time after the refresh, and whether the outcome is still kept then.</summary>
    public static TheoryData<int, string, bool> Times => new()
    {
        { 60, "00:09:59", true },
        { 60, "00:10:01", false },
        { 15, "00:07:29", true },
        { 15, "00:07:30", false },
        { 15, "00:07:31", false },
        { 10, "00:04:59", true },
        { 10, "00:05:01", false },
        { 2, "00:00:59", true },
        { 2, "00:01:01", false },
    };

    public static TheoryData<int, string, bool, SessionPlace> TimesAndStores => [
        .. from row in Times
           from place in new[] { SessionPlace.TicketStore, SessionPlace.Server }
           let time = row.Data
           select (time.Item1, time.Item2, time.Item3, place)];

    [Theory]
    [MemberData(nameof(Times))]
    public async Task A_refresh_outcome_is_kept_for_ten_minutes_or_half_of_the_token_s_lifetime(int life, string after, bool known)
    {
        await using var site = await TestSite.StartAsync();
        var (browser, lost) = await LoseAsync(site, life);

        site.Clock.Pass(TimeSpan.Parse(after, null));
        var again = await browser.GetAsync("/session");

        Assert.Equal(known ? 1 : 2, site.RefreshCalls);
        Assert.Equal(known, again.Session.SignedIn);
        Assert.Equal(known, browser.HasSessionCookie);
        Assert.Equal(known ? lost : null, again.Session.AccessToken);
    }

    [Theory]
    [MemberData(nameof(TimesAndStores))]
    public async Task A_stored_session_does_not_need_the_kept_outcome(int life, string after, bool known, SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(new SessionStorage(place).Configure);
        var (browser, _) = await LoseAsync(site, life);

        site.Clock.Pass(TimeSpan.Parse(after, null));
        var again = await browser.SessionAsync();

        Assert.True(again.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(again.AccessToken!));
        Assert.Equal(known || life > LifeOfATokenThatIsDueAgain ? 1 : 2, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(Times))]
    public async Task A_reusable_refresh_token_is_used_again_when_the_outcome_has_expired(int life, string after, bool known)
    {
        await using var site = await TestSite.StartAsync();
        site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var (browser, lost) = await LoseAsync(site, life);

        site.Clock.Pass(TimeSpan.Parse(after, null));
        var again = await browser.SessionAsync();

        Assert.True(again.SignedIn);
        Assert.Equal(known ? 1 : 2, site.RefreshCalls);
        Assert.Equal(known, again.AccessToken == lost);
        Assert.True(site.Emulator.Tokens.IsLive(again.AccessToken!));
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Another_process_uses_the_kept_outcome(SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (browser, lost) = await LoseAsync(farm.First, life: 60);
        farm.First.Clock.Pass(TimeSpan.FromMinutes(9));
        var elsewhere = await browser.Copy(farm.Second).SendAsync("/session");

        Assert.True(elsewhere.Session.SignedIn);
        Assert.Equal(lost, elsewhere.Session.AccessToken);
        Assert.Equal(place is SessionPlace.Cookie, elsewhere.SessionCookie is not null);
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_kept_outcome_does_not_outlive_the_session(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => (cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (TimeSpan.FromMinutes(62), false);
            sessions.Configure(setup);
        });
        var (browser, _) = await LoseAsync(site, life: 60);

        site.Clock.Pass(TimeSpan.FromMinutes(1));
        Assert.True((await browser.SendAsync("/session")).Session.SignedIn);
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    // Refreshes when the token has expired, and loses the response.
    private static async Task<(SiteBrowser Browser, string AccessToken)> LoseAsync(TestSite site, int life)
    {
        site.Emulator.Options.AccessTokenLifetime = TimeSpan.FromMinutes(life);
        var browser = await site.SignedInWithTlsAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(life));
        var lost = await browser.SendAsync("/session");
        return (browser, lost.Session.AccessToken!);
    }
}
