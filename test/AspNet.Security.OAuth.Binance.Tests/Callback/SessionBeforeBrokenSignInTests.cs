using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using static AspNet.Security.OAuth.Binance.Tests.Callback.Support.BreakableApplication;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A browser that is signed in signs in again, and the application throws: the earlier session continues unchanged.
/// </summary>
public sealed class SessionBeforeBrokenSignInTests
{
    /// <summary>Where the application throws, and whether its sessions are on the server.</summary>
    public static MatrixTheoryData<string, bool> Faults => new(BreakableApplication.Faults, [false, true]);

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task The_earlier_session_continues(string fault, bool isOnServer)
    {
        using var binance = new BinanceStub();
        var application = new BreakableApplication(fault, isOnServer) { IsBroken = false };
        await using var site = await application.StartAsync(binance);
        var browser = site.Browser();
        await browser.SignInAsync();
        var before = await browser.SessionAsync();
        binance.Respond(BinanceStub.TokenPath, Responses.TokensWith("access_token", "\"another\""));
        binance.Respond(BinanceStub.UserPath, Responses.UserDataWith("userId", "\"another-user\""));

        application.IsBroken = true;
        var response = await browser.SignInAsync("/orders");
        application.IsBroken = false;

        AssertFailurePage(response, FailureOf(fault, isOnServer));
        var after = await browser.SessionAsync();
        Assert.Equal(Responses.UserId, after.UserId);
        Assert.Equal(before.Tokens, after.Tokens);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task The_earlier_session_is_still_refreshed_and_written(string fault, bool isOnServer)
    {
        using var binance = new BinanceStub();
        var application = new BreakableApplication(fault, isOnServer) { IsBroken = false };
        await using var site = await application.StartAsync(binance);
        var browser = site.Browser();
        await browser.SignInAsync();
        application.IsBroken = true;
        var response = await browser.SignInAsync("/orders");
        application.IsBroken = false;

        site.Clock.Advance(TimeSpan.FromSeconds(30714));
        binance.Respond(BinanceStub.TokenPath, Responses.TokensWith("access_token", "\"refreshed\""));
        await browser.GetAsync("/session");
        var session = await browser.SessionAsync();

        AssertFailurePage(response, FailureOf(fault, isOnServer));
        Assert.Equal((Responses.UserId, "refreshed"), (session.UserId, session.Tokens["access_token"]));
        Assert.Single(binance.TokenRequests, request => request.Body!.Contains("grant_type=refresh_token", StringComparison.Ordinal));
    }

    // A cache that fails is an outage and not a fault of the application.
    private static string FailureOf(string fault, bool isOnServer) => isOnServer && fault is Store ? "unavailable" : "unknown";
}
