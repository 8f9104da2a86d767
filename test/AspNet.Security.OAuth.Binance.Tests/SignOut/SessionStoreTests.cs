using AspNet.Security.OAuth.Binance.Tests.Sessions;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// Sessions that are kept on the server, so that the cookie is no more than a key.
/// </summary>
public sealed class SessionStoreTests
{
    /// <summary>The schemes that are signed out of, and where the session is.</summary>
    public static MatrixTheoryData<string, SessionPlace> SignOuts => new(
        ["scheme=Cookies", "scheme=Cookies&scheme=Binance", "scheme=Binance&scheme=Cookies"], [SessionPlace.TicketStore, SessionPlace.Server]);

    [Theory]
    [MemberData(nameof(SignOuts))]
    public async Task A_session_on_the_server_is_revoked_although_it_is_removed_first(string schemes, SessionPlace place)
    {
        using var binance = new BinanceStub();
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(binance, sessions.Configure);
        var browser = new SiteBrowser(site);

        using var signedIn = await browser.SignInAsync();
        Assert.Single(sessions.Entries);
        Assert.Equal(Answers.UserId, (await browser.SessionAsync()).UserId);
        using var response = await browser.GetAsync($"/sign-out?{schemes}");

        Assert.Empty(sessions.Entries);
        Assert.Single(binance.Revocations);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }
}
