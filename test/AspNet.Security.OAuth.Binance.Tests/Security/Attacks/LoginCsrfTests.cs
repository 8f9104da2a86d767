using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Attacks;

/// <summary>
/// An attacker who makes a victim's browser finish the attacker's sign-in, so that the victim works in the attacker's account.
/// </summary>
public sealed class LoginCsrfTests
{
    [Fact]
    public async Task A_victim_who_opens_the_attacker_s_callback_is_not_signed_in()
    {
        await using var site = await TestSite.StartAsync();
        var victim = site.Browser();

        var callback = await site.Browser(userId: BinanceEmulatorDefaults.SecondUserId).ConsentAsync();
        await victim.GetAsync(callback);

        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
        Assert.False((await victim.SessionAsync()).SignedIn);
        Assert.Equal(0, site.Emulator.Requests.Count(EmulatorEndpoint.Token));
    }

    [Fact]
    public async Task A_signed_in_victim_stays_signed_in_as_themselves()
    {
        await using var site = await TestSite.StartAsync();
        var victim = site.Browser();
        await victim.SignInAsAsync(BinanceEmulatorDefaults.UserId);
        var before = victim.CookieHeader("/");

        var callback = await site.Browser(userId: BinanceEmulatorDefaults.SecondUserId).ConsentAsync();
        await victim.GetAsync(callback);

        Assert.Equal(before, victim.CookieHeader("/"));
        Assert.Equal(BinanceEmulatorDefaults.UserId, (await victim.SessionAsync()).UserId);
        Assert.Equal(0, site.Emulator.Requests.Count(EmulatorEndpoint.Revoke));
    }

    [Fact]
    public async Task The_attacker_s_code_with_the_victim_s_own_state_is_refused()
    {
        await using var site = await TestSite.StartAsync();
        var victim = site.Browser();

        var attackers = await site.Browser(userId: BinanceEmulatorDefaults.SecondUserId).ConsentAsync();
        var request = await victim.ChallengeAsync();
        await victim.ReturnWithQueryAsync(new() { ["code"] = SiteBrowser.CodeIn(attackers), ["state"] = request.State });

        Assert.Equal(BinanceFailure.InvalidGrant, site.SingleFailure().Failure);
        Assert.False((await victim.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_form_post_to_the_callback_is_refused()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var victim = site.Browser();
        var request = await victim.ChallengeAsync();

        using var form = new FormUrlEncodedContent([new("code", SiteBrowser.Code), new("state", request.State)]);
        var response = await victim.RequestAsync(HttpMethod.Post, "/signin-binance", form);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.Status);
        Assert.Null(response.Location);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Empty(site.Failures);
        Assert.Empty(binance.Requests);
    }

    [Theory]
    [InlineData("CODE")]
    [InlineData("State")]
    [InlineData("ERROR")]
    public async Task A_parameter_that_is_repeated_in_capitals_is_refused(string name)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        var query = new Dictionary<string, string?> { ["code"] = "one", ["state"] = request.State, ["error"] = "invalid_scope" };
        await browser.GetAsync(QueryHelpers.AddQueryString(QueryHelpers.AddQueryString("/signin-binance", query), name, "two"));

        Assert.Equal(BinanceFailure.InvalidCallback, site.SingleFailure().Failure);
        Assert.Empty(binance.Requests);
    }
}
