using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Attacks;

/// <summary>
/// An attacker who has another user's code: from a log, a history, a hostile network, or another application.
/// </summary>
public sealed class StolenCodeTests
{
    [Fact]
    public async Task A_stolen_code_in_the_attacker_s_own_sign_in_is_refused()
    {
        await using var site = await TestSite.StartAsync();

        var attacker = await InjectStolenCodeAsync(site);

        Assert.Equal(BinanceFailure.InvalidGrant, site.SingleFailure().Failure);
        Assert.False((await attacker.SessionAsync()).SignedIn);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    // The same attack without the proof key succeeds, so that the test above depends on the proof key alone.
    [Fact]
    public async Task Without_a_proof_key_a_stolen_code_signs_the_attacker_in()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Binance = options => options.UsePkce = false);

        var attacker = await InjectStolenCodeAsync(site);

        Assert.Equal(BinanceEmulatorDefaults.UserId, (await attacker.SessionAsync()).UserId);
    }

    [Fact]
    public async Task A_code_of_another_application_is_refused()
    {
        await using var site = await TestSite.StartAsync();
        site.Emulator.Clients.Add(new EmulatorClient
        {
            ClientId = "the-attackers-application",
            ClientSecret = "its-secret",
            RedirectUris = ["http://localhost/signin-binance"],
        });
        var attacker = site.Browser();

        // The victim consents to the attacker's application, with the challenge that the attacker's sign-in at the site has made.
        var request = await attacker.ChallengeAsync();
        var forOther = request.Url.AbsoluteUri.Replace(BinanceEmulatorDefaults.ClientId, "the-attackers-application", StringComparison.Ordinal);
        var callback = (await SiteBrowser.OpenAuthorizeAsync(new Uri(forOther), userId: null))!.PathAndQuery;
        await attacker.GetAsync(callback);

        Assert.Equal(BinanceFailure.InvalidGrant, site.SingleFailure().Failure);
        Assert.False((await attacker.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_stolen_callback_url_signs_no_other_browser_in_and_does_not_use_the_code()
    {
        await using var site = await TestSite.StartAsync();
        var victim = site.Browser();
        var attacker = site.Browser();

        var callback = await victim.ConsentAsync();
        await attacker.GetAsync(callback);
        await victim.GetAsync(callback);

        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
        Assert.False((await attacker.SessionAsync()).SignedIn);
        Assert.Equal(BinanceEmulatorDefaults.UserId, (await victim.SessionAsync()).UserId);
    }

    [Fact]
    public async Task A_callback_that_is_opened_again_later_is_refused()
    {
        await using var site = await TestSite.StartAsync();
        var victim = site.Browser();

        var callback = await victim.ConsentAsync();
        await victim.GetAsync(callback);

        // The outcome of an exchange is kept for a minute.
        site.Clock.Pass(TimeSpan.FromSeconds(61));
        await victim.GetAsync(callback);

        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
        Assert.Equal(BinanceEmulatorDefaults.UserId, (await victim.SessionAsync()).UserId);
        Assert.Equal(1, site.Emulator.Requests.Count(EmulatorEndpoint.Token));
    }

    [Theory]
    [InlineData("x&client_id=evil&redirect_uri=https://evil.example")]
    [InlineData("x\r\nContent-Length: 0\r\n\r\nPOST /evil")]
    [InlineData("\0")]
    [InlineData("%26client_id%3Devil")]
    public async Task A_code_cannot_inject_a_parameter_or_a_header(string code)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        await browser.ReturnWithQueryAsync(new() { ["code"] = code, ["state"] = request.State });

        var sent = QueryHelpers.ParseQuery(Assert.Single(binance.TokenRequests).Body);
        Assert.Equal(
            ["client_id", "client_secret", "code", "code_verifier", "grant_type", "redirect_uri"], sent.Keys.Order(StringComparer.Ordinal));
        Assert.All(sent, parameter => Assert.Single(parameter.Value));
        Assert.Equal(code, sent["code"]);
        Assert.Equal(TestSite.ClientId, sent["client_id"]);
    }

    [Theory]
    [InlineData("access_token", Responses.AccessToken)]
    [InlineData("id_token", "e30.e30.")]
    [InlineData("response", "e30.e30.")]
    public async Task A_token_in_the_callback_is_not_accepted(string parameter, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        await browser.ReturnWithQueryAsync(new() { [parameter] = value, ["token_type"] = "bearer", ["state"] = request.State });

        Assert.Equal(BinanceFailure.InvalidCallback, site.SingleFailure().Failure);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(binance.Requests);
    }

    private static async Task<SiteBrowser> InjectStolenCodeAsync(TestSite site)
    {
        var attacker = site.Browser();
        var code = SiteBrowser.CodeIn(await site.Browser().ConsentAsync());
        var request = await attacker.ChallengeAsync();
        await attacker.ReturnWithQueryAsync(new() { ["code"] = code, ["state"] = request.State });
        return attacker;
    }
}
