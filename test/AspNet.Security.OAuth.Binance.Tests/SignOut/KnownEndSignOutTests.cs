using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// A process knows from a request that another one has ended a session, while its own refresh of that session is in progress: it revokes the new token.
/// </summary>
public sealed class KnownEndSignOutTests
{
    private const string End = ":session:";

    [Fact(Timeout = 40_000)]
    public async Task Token_of_a_late_refresh_is_revoked_when_the_process_knew_the_end_before_the_revocation_began()
    {
        await using var farm = await Farm.StartAsync(SignOutSite.Setup(SessionPlace.Cookie));
        using var refreshing = await RefreshingPage.OpenAsync(farm, expired: false);
        var ended = farm.Store.Commands.Hold(StoreCommand.Set, End, afterwards: true);

        var signOut = refreshing.There.SendAsync(SignOutSite.LogoutPath);
        await ended.Reached;
        await LearnAsync(refreshing.Browser);
        ended.Release();
        await signOut;

        await AssertRevokesAsync(farm.First, refreshing);
    }

    [Fact(Timeout = 40_000)]
    public async Task Token_of_a_late_refresh_is_revoked_although_the_cache_has_lost_the_end_that_the_process_knows()
    {
        await using var farm = await Farm.StartAsync(SignOutSite.Setup(SessionPlace.Cookie));
        using var refreshing = await RefreshingPage.OpenAsync(farm, expired: false);
        await refreshing.There.SendAsync(SignOutSite.LogoutPath);
        await LearnAsync(refreshing.Browser);
        farm.Store.Lose(End);

        await AssertRevokesAsync(farm.First, refreshing);
    }

    // The tokens of the request's cookie are due, so that the process reads the cache.
    private static async Task LearnAsync(SiteBrowser browser) => Assert.False((await browser.SendAsync("/session")).Session.SignedIn);

    private static async Task AssertRevokesAsync(TestSite site, RefreshingPage refreshing)
    {
        refreshing.Hold.Release();
        Assert.Null((await refreshing.Page).SessionCookie);
        await site.UntilRevokedAsync(RefreshingPage.Late);
        Assert.Equal([refreshing.Session.AccessToken!, RefreshingPage.Late], site.Revoked());
    }
}
