using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests;

public sealed class LogSecrecyTests
{
    [Fact]
    public async Task Nothing_secret_is_logged_from_login_to_sign_out_even_at_trace()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        var request = await browser.ChallengeAsync();
        List<string> secrets = [request.State, .. browser.Cookies.Values.Select(cookie => cookie.Name.Value!)];
        using var signedIn = await browser.ComeBackWithCodeAsync(request);
        secrets.AddRange(browser.Cookies.Values.Select(cookie => cookie.Value.Value!));
        using var signedOut = await browser.GetAsync("/sign-out?scheme=Cookies&scheme=Binance");
        secrets.AddRange([SiteBrowser.Code, TestSite.ClientSecret, Answers.AccessToken, Answers.RefreshToken, Answers.UserId, Answers.Email]);
        secrets.Add(QueryHelpers.ParseQuery(Assert.Single(binance.TokenRequests).Body)["code_verifier"].Single()!);

        Assert.Single(binance.Revocations);
        Assert.NotEmpty(site.Logs);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, site.LogText, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_challenge_is_logged_by_the_name_of_its_scheme()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        await new SiteBrowser(site).ChallengeAsync();

        var record = Assert.Single(site.Logs, log => log.Id.Name == "Challenged");
        Assert.Equal(LogLevel.Debug, record.Level);
        Assert.Contains("Binance", record.Message, StringComparison.Ordinal);
    }
}
