using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// No token, secret, code, verifier or cookie is in clear text in a log line or a cache entry. Every test site searches its log when it
/// ends; these tests produce every kind of secret, and check the search itself.
/// </summary>
public sealed class RefreshSecrecyTests
{
    [Fact]
    public async Task No_secret_is_in_the_log_or_the_cache_from_sign_in_to_sign_out()
    {
        await using var farm = await Farm.StartAsync();
        var site = farm.First;
        var browser = await site.WithExpiredTokenAsync();
        await browser.SendManyAsync(5);

        // A response that repeats the request's secrets.
        site.Clock.Pass(TestSite.TokenLifetime);
        var refreshToken = (await browser.SessionAsync()).RefreshToken;
        var echo = $$"""{"error":"{{refreshToken}}","error_description":"{{BinanceEmulatorDefaults.ClientSecret}} and {{refreshToken}}"}""";
        site.Clock.Pass(TestSite.TokenLifetime);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(echo, 400));
        await browser.SessionAsync();
        await browser.Copy(farm.Second).SessionAsync();
        await Assert.ThrowsAsync<BinanceAuthenticationException>(() => site.Client.RefreshTokensAsync(refreshToken!, cancellationToken: TestContext.Current.CancellationToken));
        await browser.GetAsync("/sign-out");

        string[] kinds = ["access_token", "client_secret", "code", "code_verifier", "cookie", "refresh_token", "state"];
        Assert.Equal(kinds, site.Secrets.All().Values.Distinct().Order(StringComparer.Ordinal));
        Assert.NotEmpty(site.Logged(LogLevel.Warning));
        Assert.NotEmpty(farm.Store.Written);
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("refresh_token")]
    public async Task Secret_search_finds_a_token_in_a_log(string name)
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.SignedInAsync();
        var token = (await browser.SessionAsync()).Items[".Token." + name];
        var collector = new FakeLogCollector();
        new FakeLogger(collector, "Category").Log(LogLevel.Trace, default, token, null, (value, _) => "a line with " + value);

        Assert.ThrowsAny<Exception>(() => site.Secrets.AssertAbsentFrom(collector.GetSnapshot()));
        Assert.ThrowsAny<Exception>(() => site.Secrets.AssertAbsentFrom(browser.CookieHeader()));
    }
}
