using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Attacks;

/// <summary>
/// Codes, states and sessions of one server, scheme, site or purpose that are sent to another.
/// </summary>
public sealed class MixUpTests
{
    private const string OtherSecret = "the-other-secret";

    [Fact]
    public async Task Two_schemes_on_one_callback_path_never_handle_each_other_s_response()
    {
        using var binance = new BinanceStub();
        using var other = new BinanceStub();
        await using var site = await StartAsync(binance, other, callbackPath: "/signin-binance");
        var browser = site.Browser();

        await browser.ReturnWithCodeAsync(await browser.ChallengeAsync("/login?scheme=Other"));

        Assert.Equal(BinanceFailure.InvalidState, site.SingleFailure().Failure);
        Assert.Empty(binance.Requests);
        Assert.Empty(other.Requests);
    }

    [Theory]
    [InlineData("Binance", "/signin-other")]
    [InlineData("Other", "/signin-binance")]
    public async Task A_code_at_the_callback_of_another_server_is_sent_to_neither(string scheme, string callbackPath)
    {
        using var binance = new BinanceStub();
        using var other = new BinanceStub();
        await using var site = await StartAsync(binance, other);
        var browser = site.Browser();

        var response = await browser.ReturnWithCodeAsync(await browser.ChallengeAsync("/login?scheme=" + scheme), callbackPath);

        Assert.Equal("/failed?failure=invalid_state", response.Location?.OriginalString);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(binance.Requests);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task Each_code_is_sent_to_its_own_server_with_that_server_s_secret()
    {
        using var binance = new BinanceStub();
        using var other = new BinanceStub();
        await using var site = await StartAsync(binance, other);
        var browser = site.Browser();

        var first = await browser.ChallengeAsync();
        var second = await browser.ChallengeAsync("/login?scheme=Other");
        await browser.ReturnWithCodeAsync(second, "/signin-other");
        await browser.ReturnWithCodeAsync(first);

        Assert.Equal(TestSite.ClientSecret, SecretSentTo(binance));
        Assert.Equal(OtherSecret, SecretSentTo(other));
    }

    [Fact]
    public async Task An_issuer_in_the_callback_does_not_change_where_the_code_is_sent()
    {
        using var binance = new BinanceStub();
        using var evil = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        await browser.ReturnWithQueryAsync(
            new() { ["code"] = SiteBrowser.Code, ["state"] = request.State, ["iss"] = evil.Address.AbsoluteUri });

        Assert.Single(binance.TokenRequests);
        Assert.Empty(evil.Requests);
    }

    [Fact]
    public async Task A_state_of_another_site_with_the_same_keys_is_refused()
    {
        using var binance = new BinanceStub();
        var keys = new EphemeralDataProtectionProvider();
        void Share(SiteSetup setup) => setup.Authentication = schemes => schemes.Services.AddSingleton<IDataProtectionProvider>(keys);
        await using var site = await TestSite.StartAsync(binance, Share);
        await using var other = await TestSite.StartAsync(binance, Share);
        var victim = site.Browser();

        var request = await other.Browser().ChallengeAsync();
        await victim.ReturnWithCodeAsync(request);

        Assert.NotNull(site.Options.StateDataFormat.Unprotect(request.State));
        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
        Assert.False((await victim.SessionAsync()).SignedIn);
        Assert.Empty(binance.Requests);
    }

    [Fact]
    public async Task A_state_is_not_accepted_as_a_session_nor_a_session_as_a_state()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        await browser.SignInAsync();
        var attacker = site.Browser();

        var request = await attacker.ChallengeAsync();
        attacker.SetCookie(SiteResponse.CookieName, request.State);
        var session = await attacker.SessionAsync();
        await attacker.ReturnWithQueryAsync(
            new() { ["code"] = SiteBrowser.Code, ["state"] = browser.Cookie(SiteResponse.CookieName) });

        Assert.False(session.SignedIn);
        Assert.Equal(BinanceFailure.InvalidState, site.SingleFailure().Failure);
    }

    private static Task<TestSite> StartAsync(BinanceStub binance, BinanceStub other, string callbackPath = "/signin-other")
        => TestSite.StartAsync(binance, setup => setup.Authentication = schemes => schemes.AddBinance("Other", options =>
        {
            options.ClientId = "the-other-client";
            options.ClientSecret = OtherSecret;
            options.CallbackPath = callbackPath;
            options.FailurePath = "/failed";
            options.UseServer(other.Address);
        }));

    private static string? SecretSentTo(BinanceStub server)
        => QueryHelpers.ParseQuery(Assert.Single(server.TokenRequests).Body)["client_secret"].Single();
}
