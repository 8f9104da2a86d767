using static AspNet.Security.OAuth.Binance.Tests.BreakableApplication;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A browser that is signed in signs in once more, and the application throws: its session goes on as if nothing had happened.
/// </summary>
public sealed class SessionBeforeBrokenSignInTests
{
    /// <summary>Where the application throws, and whether its sessions are on the server.</summary>
    public static MatrixTheoryData<string, bool> Faults => new(BreakableApplication.Faults, [false, true]);

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task The_session_that_the_browser_had_before_goes_on(string fault, bool isOnServer)
    {
        using var binance = new BinanceStub();
        var application = new BreakableApplication(fault, isOnServer) { IsBroken = false };
        await using var site = await application.StartAsync(binance);
        var browser = new SiteBrowser(site);
        using var signedIn = await browser.SignInAsync();
        var before = await browser.SessionAsync();
        binance.Answer(BinanceStub.TokenPath, Answers.TokensWith("access_token", "\"another\""));
        binance.Answer(BinanceStub.UserPath, Answers.UserDataWith("userId", "\"somebody-else\""));

        application.IsBroken = true;
        using var response = await browser.SignInAsync("/orders");
        application.IsBroken = false;

        AssertFailurePage(response, FailureOf(fault, isOnServer));
        var after = await browser.SessionAsync();
        Assert.Equal(Answers.UserId, after.UserId);
        Assert.Equal(before.Tokens, after.Tokens);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task The_session_that_the_browser_had_before_is_still_refreshed_and_written(string fault, bool isOnServer)
    {
        using var binance = new BinanceStub();
        var application = new BreakableApplication(fault, isOnServer) { IsBroken = false };
        await using var site = await application.StartAsync(binance);
        var browser = new SiteBrowser(site);
        using var signedIn = await browser.SignInAsync();
        application.IsBroken = true;
        using var response = await browser.SignInAsync("/orders");
        application.IsBroken = false;

        site.Time.Advance(TimeSpan.FromSeconds(30714));
        binance.Answer(BinanceStub.TokenPath, Answers.TokensWith("access_token", "\"refreshed\""));
        using var page = await browser.GetAsync("/session");
        var session = await browser.SessionAsync();

        AssertFailurePage(response, FailureOf(fault, isOnServer));
        Assert.Equal((Answers.UserId, "refreshed"), (session.UserId, session.Tokens["access_token"]));
        Assert.Single(binance.TokenRequests, request => request.Body!.Contains("grant_type=refresh_token", StringComparison.Ordinal));
    }

    // A cache that fails is an outage, and no fault of the application's code.
    private static string FailureOf(string fault, bool isOnServer) => isOnServer && fault is Store ? "unavailable" : "unknown";
}
