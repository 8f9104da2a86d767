using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Attacks;

/// <summary>
/// An attacker who has another user's code: from a log, a history, a hostile network, or another application.
/// </summary>
public sealed class StolenCodeTests
{
    [Fact]
    public async Task A_stolen_code_in_a_sign_in_of_the_thief_s_own_is_worth_nothing()
    {
        await using var site = await EmulatedSite.StartAsync();

        var thief = await InjectStolenCodeAsync(site);

        Assert.Equal(BinanceFailure.InvalidGrant, site.Site.SingleFailure().Failure);
        Assert.False((await thief.SessionAsync()).SignedIn);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    // The same attack, so that the test above is known to show the proof key's work and not that of something else.
    [Fact]
    public async Task A_site_that_switches_the_proof_key_off_is_open_to_a_stolen_code()
    {
        await using var site = await EmulatedSite.StartAsync(options => options.UsePkce = false);

        var thief = await InjectStolenCodeAsync(site);

        Assert.Equal(BinanceEmulatorDefaults.UserId, (await thief.SessionAsync()).UserId);
    }

    [Fact]
    public async Task A_code_that_another_application_was_given_is_worth_nothing()
    {
        await using var site = await EmulatedSite.StartAsync();
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
        var callback = (await site.AuthorizeAsync(new Uri(forOther)))!.PathAndQuery;
        using var answer = await attacker.GetAsync(callback);

        Assert.Equal(BinanceFailure.InvalidGrant, site.Site.SingleFailure().Failure);
        Assert.False((await attacker.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_stolen_callback_url_signs_no_other_browser_in_and_spends_nothing()
    {
        await using var site = await EmulatedSite.StartAsync();
        var victim = site.Browser();
        var thief = site.Browser();

        var callback = await site.ConsentAsync(await victim.ChallengeAsync());
        using var stolen = await thief.GetAsync(callback);
        using var own = await victim.GetAsync(callback);

        Assert.Equal(BinanceFailure.CorrelationFailed, site.Site.SingleFailure().Failure);
        Assert.False((await thief.SessionAsync()).SignedIn);
        Assert.Equal(BinanceEmulatorDefaults.UserId, (await victim.SessionAsync()).UserId);
    }

    [Fact]
    public async Task A_callback_that_is_opened_again_later_is_worth_nothing()
    {
        await using var site = await EmulatedSite.StartAsync();
        var victim = site.Browser();

        var callback = await site.ConsentAsync(await victim.ChallengeAsync());
        using var first = await victim.GetAsync(callback);
        victim.Cookies.Clear();
        using var again = await victim.GetAsync(callback);

        Assert.Equal(BinanceFailure.CorrelationFailed, site.Site.SingleFailure().Failure);
        Assert.False((await victim.SessionAsync()).SignedIn);
        Assert.Equal(1, site.Emulator.Requests.Count(EmulatorEndpoint.Token));
    }

    [Theory]
    [InlineData("x&client_id=evil&redirect_uri=https://evil.example")]
    [InlineData("x\r\nContent-Length: 0\r\n\r\nPOST /evil")]
    [InlineData("\0")]
    [InlineData("%26client_id%3Devil")]
    public async Task A_code_brings_no_parameter_and_no_header_of_its_own(string code)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        var request = await browser.ChallengeAsync();
        using var answer = await browser.ComeBackAsync(new() { ["code"] = code, ["state"] = request.State });

        var sent = QueryHelpers.ParseQuery(Assert.Single(binance.TokenRequests).Body);
        Assert.Equal(
            ["client_id", "client_secret", "code", "code_verifier", "grant_type", "redirect_uri"], sent.Keys.Order(StringComparer.Ordinal));
        Assert.All(sent, parameter => Assert.Single(parameter.Value));
        Assert.Equal(code, sent["code"]);
        Assert.Equal(TestSite.ClientId, sent["client_id"]);
    }

    [Theory]
    [InlineData("access_token", Answers.AccessToken)]
    [InlineData("id_token", "e30.e30.")]
    [InlineData("response", "e30.e30.")]
    public async Task A_token_in_the_callback_is_no_code(string parameter, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        var request = await browser.ChallengeAsync();
        using var answer = await browser.ComeBackAsync(new() { [parameter] = value, ["token_type"] = "bearer", ["state"] = request.State });

        Assert.Equal(BinanceFailure.InvalidCallback, site.SingleFailure().Failure);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(binance.Requests);
    }

    private static async Task<SiteBrowser> InjectStolenCodeAsync(EmulatedSite site)
    {
        var thief = site.Browser();
        var code = EmulatedSite.CodeIn(await site.ConsentAsync(await site.Browser().ChallengeAsync()));
        var request = await thief.ChallengeAsync();
        using var answer = await thief.ComeBackAsync(new() { ["code"] = code, ["state"] = request.State });
        return thief;
    }
}
