using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;
using AspNet.Security.OAuth.Binance.Tests.Sessions;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;

/// <summary>
/// A copy of a session's cookie after the sign-out, where the refresh token is still good at the server: it brings no new tokens, as long as
/// the ticket in it lives.
/// </summary>
public sealed class CopiedCookieTests
{
    private static readonly TimeSpan[] _ages = [TimeSpan.Zero, TimeSpan.FromMinutes(11), TimeSpan.FromDays(1), TimeSpan.FromDays(12)];

    public static MatrixTheoryData<string, SessionPlace> Requests
        => new([SignOutSite.LogoutPath, SignOutSite.OtherPath], Enum.GetValues<SessionPlace>());

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Requests))]
    public async Task With_an_expired_token_and_a_token_endpoint_that_is_down_the_ended_session_stays_ended(string path, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(Configuration(place));
        var site = farm.First;
        var (browser, _) = await site.DueAsync(expired: true);
        var copies = new[] { browser.Copy(), browser.Copy(farm.Second) };
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503), int.MaxValue);

        await browser.GetAsync(path);

        Assert.False(browser.HasSession);
        site.Emulator.Faults.Clear();
        await AssertNobodyAsync(site, copies, site.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Requests))]
    public async Task At_a_server_whose_revocation_ends_the_access_token_alone_the_ended_session_stays_ended(string path, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(Configuration(place));
        var site = farm.First;
        var browser = await site.SignedInAsync();
        var copies = new[] { browser.Copy(), browser.Copy(farm.Second) };
        site.RevokeNothing();

        await browser.GetAsync(path);

        Assert.Single(site.Revoked());
        Assert.NotEmpty(site.Emulator.Tokens.RefreshTokens);
        if (place is SessionPlace.Cookie)
        {
            // The other process asks the cache when tokens are due.
            Assert.False((await copies[0].SendAsync("/session")).Session.SignedIn);
            site.Clock.Pass(StoreOutages.DueAge);
        }

        await AssertNobodyAsync(site, copies, calls: 0);
    }

    // In one process without a farm, which has nobody to tell.
    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Requests))]
    public async Task Without_a_farm_the_process_itself_remembers(string path, SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(Configuration(place));
        var (browser, _) = await site.DueAsync(expired: true);
        var copy = browser.Copy();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503), int.MaxValue);

        await browser.GetAsync(path);

        site.Emulator.Faults.Clear();
        await AssertNobodyAsync(site, [copy], site.RefreshCalls);
    }

    private static Action<LifetimeSetup> Configuration(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        return setup =>
        {
            setup.AddLogout();
            sessions.Configure(setup);
        };
    }

    private static async Task AssertNobodyAsync(LifetimeSite site, LifetimeBrowser[] copies, int calls)
    {
        foreach (var later in _ages)
        {
            site.Clock.Pass(later);
            foreach (var copy in copies)
            {
                // Each time with the copy of before the sign-out.
                Assert.False((await copy.SendAsync("/session")).Session.SignedIn);
            }
        }

        Assert.Equal(calls, site.RefreshCalls);
    }
}
