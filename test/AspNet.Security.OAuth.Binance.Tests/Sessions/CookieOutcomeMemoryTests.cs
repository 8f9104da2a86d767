using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// How long the outcome of a refresh is remembered for browsers that still have the old cookie: ten minutes, and not once half of the
/// new access token's life has passed. After that the spent refresh token is presented, and a strict server ends the session.
/// </summary>
public sealed class CookieOutcomeMemoryTests
{
    // A token that is used up by half of ten minutes is due again when the outcome of its refresh is forgotten.
    private const int LifeOfATokenThatIsDueAgain = 10;

    /// <summary>An access token's life in minutes, the time after the refresh, and whether the outcome is still known then.</summary>
    public static TheoryData<int, string, bool> Times => new()
    {
        { 60, "00:09:59", true },
        { 60, "00:10:01", false },
        { 15, "00:07:29", true },
        { 15, "00:07:31", false },
        { 10, "00:04:59", true },
        { 10, "00:05:01", false },
        { 2, "00:00:59", true },
        { 2, "00:01:01", false },
    };

    [Theory]
    [MemberData(nameof(Times))]
    public async Task An_outcome_is_known_for_ten_minutes_or_half_of_the_token_s_life(int life, string after, bool known)
    {
        await using var site = await LifetimeSite.StartAsync();
        var (browser, lost) = await LoseAsync(site, life);

        site.Clock.Pass(TimeSpan.Parse(after, null));
        var again = await browser.GetAsync("/session");

        Assert.Equal(known ? 1 : 2, site.RefreshCalls);
        Assert.Equal(known, again.Session.SignedIn);
        Assert.Equal(known, browser.HasSessionCookie);
        Assert.Equal(known ? lost : null, again.Session.AccessToken);
    }

    [Theory]
    [MemberData(nameof(Times))]
    public async Task A_session_in_a_ticket_store_needs_no_memory_of_the_outcome(int life, string after, bool known)
        => await AssertNeedsNoMemoryAsync(SessionPlace.TicketStore, life, after, known);

    [Theory]
    [MemberData(nameof(Times))]
    public async Task A_session_on_the_server_needs_no_memory_of_the_outcome(int life, string after, bool known)
        => await AssertNeedsNoMemoryAsync(SessionPlace.Server, life, after, known);

    [Theory]
    [MemberData(nameof(Times))]
    public async Task A_server_that_keeps_its_refresh_token_is_asked_again_once_the_outcome_is_forgotten(int life, string after, bool known)
    {
        await using var site = await LifetimeSite.StartAsync();
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
    public async Task The_other_process_of_a_farm_knows_the_outcome_as_long(SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (browser, lost) = await LoseAsync(farm.First, life: 60);
        var cookie = $"{SiteAnswer.CookieName}={browser.SessionCookie.Value}";

        farm.First.Clock.Pass(TimeSpan.FromMinutes(9));
        using var response = await farm.Second.Server.CreateRequest("/session").AddHeader("Cookie", cookie).GetAsync();
        var elsewhere = await SiteAnswer.ReadAsync(response);
        farm.First.Secrets.AddCookies(elsewhere.SetCookies);

        Assert.True(elsewhere.Session.SignedIn);
        Assert.Equal(lost, elsewhere.Session.AccessToken);
        Assert.Equal(place is SessionPlace.Cookie, elsewhere.SessionCookie is not null);
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task What_is_remembered_does_not_outlive_the_session(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await LifetimeSite.StartAsync(setup =>
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

    private static async Task AssertNeedsNoMemoryAsync(SessionPlace place, int life, string after, bool known)
    {
        await using var site = await LifetimeSite.StartAsync(new SessionStorage(place).Configure);
        var (browser, _) = await LoseAsync(site, life);

        site.Clock.Pass(TimeSpan.Parse(after, null));
        var again = await browser.SessionAsync();

        Assert.True(again.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(again.AccessToken!));
        Assert.Equal(known || life > LifeOfATokenThatIsDueAgain ? 1 : 2, site.RefreshCalls);
    }

    // A refresh a whole life after the sign-in, whose response is lost.
    private static async Task<(CookieJarBrowser Browser, string AccessToken)> LoseAsync(LifetimeSite site, int life)
    {
        site.Emulator.Options.AccessTokenLifetime = TimeSpan.FromMinutes(life);
        var browser = new CookieJarBrowser(site);
        await browser.SignInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(life));
        var lost = await browser.SendAsync("/session");
        return (browser, lost.Session.AccessToken!);
    }
}
