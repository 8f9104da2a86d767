using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Challenge;

public sealed class LogSecrecyTests
{
    [Fact]
    public async Task No_secret_is_logged_from_login_to_sign_out_at_trace_level()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        List<string> secrets = [request.State, .. browser.Jar.Cookies.Select(cookie => cookie.Name)];
        await browser.ReturnWithCodeAsync(request);
        secrets.AddRange(browser.Jar.Cookies.Select(cookie => cookie.Value));
        await browser.GetAsync("/sign-out?scheme=Cookies&scheme=Binance");
        secrets.AddRange([SiteBrowser.Code, TestSite.ClientSecret, Responses.AccessToken, Responses.RefreshToken, Responses.UserId, Responses.Email]);
        secrets.Add(QueryHelpers.ParseQuery(Assert.Single(binance.TokenRequests).Body)["code_verifier"].Single()!);

        Assert.Single(binance.Revocations);
        Assert.NotEmpty(site.Logs);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, site.LogText, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_correlation_cookie_that_is_missing_or_changed_is_not_named_in_the_log(bool changed)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        var request = await browser.ChallengeAsync();
        var cookie = Assert.Single(browser.Jar.Cookies);
        var another = site.Browser();
        if (changed)
        {
            another.Jar.Replace(cookie, "changed");
        }

        await another.ReturnWithCodeAsync(request);

        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
        Assert.DoesNotContain(cookie.Name[".AspNetCore.Correlation.".Length..], site.LogText, StringComparison.Ordinal);
        Assert.DoesNotContain(site.Logs, log => log.Level > LogLevel.Information);
    }

    [Fact]
    public async Task A_challenge_is_logged_by_the_name_of_its_scheme()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        await site.Browser().ChallengeAsync();

        var record = Assert.Single(site.Logs, log => log.Id.Name == "Challenged");
        Assert.Equal(LogLevel.Debug, record.Level);
        Assert.Contains("Binance", record.Message, StringComparison.Ordinal);
    }
}
