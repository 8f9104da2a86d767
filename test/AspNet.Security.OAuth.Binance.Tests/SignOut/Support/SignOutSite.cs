using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

/// <summary>
/// The pages, requests and revocations of sign-outs.
/// </summary>
internal static class SignOutSite
{
    /// <summary>The cookie's default <c>LogoutPath</c>.</summary>
    public const string LogoutPath = "/Account/Logout";

    /// <summary>A page that signs out at a path that is not <c>LogoutPath</c>.</summary>
    public const string OtherPath = "/sign-out";

    /// <summary>The default of <c>RevocationTimeout</c>.</summary>
    public static readonly TimeSpan RevocationTimeout = TimeSpan.FromSeconds(5);

    public static void AddLogout(this SiteSetup setup) => setup.Pages[LogoutPath] = setup.Pages["/account/logout"] = context => context.SignOutAsync("Cookies");

    /// <summary>A site with a page at <see cref="LogoutPath"/>. The processes of a farm share one result.</summary>
    public static Action<SiteSetup> Setup(SessionPlace place, Action<SiteSetup>? configure = null)
    {
        var sessions = new SessionStorage(place);
        return setup =>
        {
            configure?.Invoke(setup);
            setup.AddLogout();
            sessions.Configure(setup);
        };
    }

    /// <summary>The longest duration of a sign-out: at a path that is not <c>LogoutPath</c> it may wait for a refresh first.</summary>
    public static TimeSpan Longest(string path, bool expired)
        => RevocationTimeout + (path != OtherPath ? TimeSpan.Zero : expired ? StoreOutages.LongestWait : StoreOutages.GoodWait);

    /// <summary>Sets the tokens in the next responses of the token endpoint.</summary>
    public static void Bring(this TestSite site, string accessToken, string refreshToken, int times = 1, int expiresIn = 3600)
        => site.Emulator.Faults.Next(
            EmulatorEndpoint.Token,
            EmulatorFault.Body($$"""{"access_token":"{{accessToken}}","refresh_token":"{{refreshToken}}","token_type":"bearer","expires_in":{{expiresIn}}}"""),
            times);

    /// <summary>Sets the tokens in the next response of the token endpoint: a new access token, which is live at the server, and this refresh token.</summary>
    /// <returns>The access token.</returns>
    public static string Bring(this TestSite site, string refreshToken, int expiresIn = 3600)
    {
        var accessToken = site.Emulator.Tokens.Issue().AccessToken;
        site.Bring(accessToken, refreshToken, expiresIn: expiresIn);
        return accessToken;
    }

    /// <summary>Makes the revocation endpoint report success without revoking.</summary>
    public static void RevokeNothing(this TestSite site) => site.Emulator.Faults.Next(
        EmulatorEndpoint.Revoke, EmulatorFault.Body("""{"code":"000000","message":null,"data":true,"success":true}"""), int.MaxValue);

    /// <summary>The access tokens whose revocation was requested, in the order of the requests.</summary>
    public static IReadOnlyList<string> Revoked(this TestSite site) => [.. site.Revocations.Select(request => request.Authorization!["Bearer ".Length..])];

    /// <summary>Completes when the revocation of a token was requested.</summary>
    public static Task UntilRevokedAsync(this TestSite site, string accessToken) => site.Emulator.Requests.WaitForAsync(
        request => request.Endpoint is EmulatorEndpoint.Revoke && request.Authorization == "Bearer " + accessToken, TestContext.Current.CancellationToken);

    /// <summary>Signs out at <see cref="LogoutPath"/>, within <see cref="RevocationTimeout"/>.</summary>
    public static Task<SiteResponse> GetWithinLogoutAsync(this SiteBrowser browser, TestTime clock)
        => browser.GetWithinAsync(clock, RevocationTimeout, LogoutPath);

    /// <summary>A browser whose tokens are due: good for four more minutes, or expired.</summary>
    public static async Task<(SiteBrowser Browser, SiteSession Session)> DueAsync(this TestSite site, bool expired)
    {
        var browser = await site.SignedInAsync();
        var session = await browser.SessionAsync();
        site.Clock.Pass(expired ? TestSite.TokenLifetime : StoreOutages.DueAge);
        return (browser, session);
    }
}
