using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// The cookie holds only a key: the sign-out removes the stored session before its token is revoked.
/// </summary>
public sealed class SignOutInTicketStoreTests
{
    /// <summary>The schemes that are signed out of, and where the session is.</summary>
    public static MatrixTheoryData<string, SessionPlace> SignOuts => new(
        ["scheme=Cookies", "scheme=Cookies&scheme=Binance", "scheme=Binance&scheme=Cookies"], [SessionPlace.TicketStore, SessionPlace.Server]);

    [Theory]
    [MemberData(nameof(SignOuts))]
    public async Task Sign_out_revokes_the_token_of_a_stored_session(string schemes, SessionPlace place)
    {
        using var binance = new BinanceStub();
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(binance, sessions.Configure);
        var browser = site.Browser();

        await browser.SignInAsync();
        Assert.Single(sessions.Entries);
        Assert.Equal(Responses.UserId, (await browser.SessionAsync()).UserId);
        await browser.GetAsync($"/sign-out?{schemes}");

        Assert.Empty(sessions.Entries);
        Assert.Single(binance.Revocations);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }
}
