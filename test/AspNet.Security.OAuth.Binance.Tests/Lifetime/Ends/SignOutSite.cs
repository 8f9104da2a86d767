using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;

/// <summary>
/// What tests of sign-outs share.
/// </summary>
internal static class SignOutSite
{
    /// <summary>The cookie's default <c>LogoutPath</c>.</summary>
    public const string LogoutPath = "/Account/Logout";

    /// <summary>The page of every site that signs out, where the cookie does not say that it does.</summary>
    public const string OtherPath = "/sign-out";

    /// <summary>How long a sign-out waits for the revocation, in all.</summary>
    public static readonly TimeSpan RevocationTimeout = TimeSpan.FromSeconds(5);

    public static void AddLogout(this LifetimeSetup setup) => setup.Pages[LogoutPath] = setup.Pages["/account/logout"] = context => context.SignOutAsync("Cookies");

    /// <summary>How long a request may take that signs out at a path: elsewhere than at <c>LogoutPath</c> it may wait for a refresh first.</summary>
    public static TimeSpan Longest(string path, bool expired)
        => RevocationTimeout + (path != OtherPath ? TimeSpan.Zero : expired ? StoreOutages.LongestWait : StoreOutages.GoodWait);

    /// <summary>Has the next responses of the token endpoint bring tokens that only the test knows.</summary>
    public static void Bring(this LifetimeSite site, string accessToken, string refreshToken, int times = 1, int expiresIn = 3600)
        => site.Emulator.Faults.Next(
            EmulatorEndpoint.Token,
            EmulatorFault.Body($$"""{"access_token":"{{accessToken}}","refresh_token":"{{refreshToken}}","token_type":"bearer","expires_in":{{expiresIn}}}"""),
            times);

    /// <summary>Has the revocation endpoint say that it has revoked, without doing so.</summary>
    public static void RevokeNothing(this LifetimeSite site) => site.Emulator.Faults.Next(
        EmulatorEndpoint.Revoke, EmulatorFault.Body("""{"code":"000000","message":null,"data":true,"success":true}"""), int.MaxValue);

    /// <summary>The access tokens whose revocation was requested, in their order.</summary>
    public static IReadOnlyList<string> Revoked(this LifetimeSite site) => [.. site.Revocations.Select(request => request.Authorization!["Bearer ".Length..])];

    /// <summary>Completes when the revocation of a token was requested.</summary>
    public static Task UntilRevokedAsync(this LifetimeSite site, string accessToken) => site.Emulator.Requests.WaitForAsync(
        request => request.Endpoint is EmulatorEndpoint.Revoke && request.Authorization == "Bearer " + accessToken, TestContext.Current.CancellationToken);

    /// <summary>Signs out at <see cref="LogoutPath"/>, within the time that this may take.</summary>
    public static Task<SiteAnswer> GetWithinLogoutAsync(this LifetimeBrowser browser, LifetimeClock clock)
        => browser.GetWithinAsync(clock, RevocationTimeout, LogoutPath);

    /// <summary>A browser whose tokens are due: good for four more minutes, or expired.</summary>
    public static async Task<(LifetimeBrowser Browser, SessionView Session)> DueAsync(this LifetimeSite site, bool expired)
    {
        var browser = await site.SignedInAsync();
        var session = await browser.SessionAsync();
        site.Clock.Pass(expired ? LifetimeSite.TokenLifetime : StoreOutages.DueAge);
        return (browser, session);
    }
}
