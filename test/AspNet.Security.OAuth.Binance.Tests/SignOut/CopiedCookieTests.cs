using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// A copy of a session's cookie after the sign-out, while its refresh token is still valid at the server: it stays signed out until its ticket
/// expires.
/// </summary>
public sealed class CopiedCookieTests
{
    private static readonly TimeSpan[] _ages = [TimeSpan.Zero, TimeSpan.FromMinutes(11), TimeSpan.FromDays(1), TimeSpan.FromDays(12)];

    public static MatrixTheoryData<string, SessionPlace> Requests
        => new([SignOutSite.LogoutPath, SignOutSite.OtherPath], Enum.GetValues<SessionPlace>());

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Requests))]
    public async Task Copied_cookie_stays_signed_out_when_the_token_endpoint_was_unavailable(string path, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(SignOutSite.Setup(place));
        var site = farm.First;
        var (browser, _) = await site.DueAsync(expired: true);
        var copies = new[] { browser.Copy(), browser.Copy(farm.Second) };
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503), int.MaxValue);

        await browser.GetAsync(path);

        Assert.False(browser.HasSessionCookie);
        site.Emulator.Faults.Clear();
        await AssertSignedOutAsync(site, copies, site.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Requests))]
    public async Task Copied_cookie_stays_signed_out_when_the_revocation_keeps_the_refresh_token(string path, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(SignOutSite.Setup(place));
        var site = farm.First;
        var browser = await site.SignedInAsync();
        var copies = new[] { browser.Copy(), browser.Copy(farm.Second) };
        site.RevokeNothing();

        await browser.GetAsync(path);

        Assert.Single(site.Revoked());
        Assert.NotEmpty(site.Emulator.Tokens.RefreshTokens);
        if (place is SessionPlace.Cookie)
        {
            // The other process reads the cache when tokens are due.
            Assert.False((await copies[0].SendAsync("/session")).Session.SignedIn);
            site.Clock.Pass(StoreOutages.DueAge);
        }

        await AssertSignedOutAsync(site, copies, calls: 0);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Requests))]
    public async Task Copied_cookie_stays_signed_out_without_a_farm(string path, SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(SignOutSite.Setup(place));
        var (browser, _) = await site.DueAsync(expired: true);
        var copy = browser.Copy();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503), int.MaxValue);

        await browser.GetAsync(path);

        site.Emulator.Faults.Clear();
        await AssertSignedOutAsync(site, [copy], site.RefreshCalls);
    }

    private static async Task AssertSignedOutAsync(TestSite site, SiteBrowser[] copies, int calls)
    {
        foreach (var later in _ages)
        {
            site.Clock.Pass(later);
            foreach (var copy in copies)
            {
                // SendAsync does not receive the deletion, so that the copy keeps its cookie.
                Assert.False((await copy.SendAsync("/session")).Session.SignedIn);
            }
        }

        Assert.Equal(calls, site.RefreshCalls);
    }
}
