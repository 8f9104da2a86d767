using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// No token, secret, code, verifier or cookie in clear text in any log line, metric or shared entry. Every site of these tests looks
/// for them when it ends; here is the journey that has them all, and the proof that they would be found.
/// </summary>
public sealed class SecrecyTests
{
    [Fact]
    public async Task A_whole_journey_leaves_no_secret_in_the_log_and_in_what_is_shared()
    {
        await using var farm = await Farm.StartAsync();
        var site = farm.First;
        var browser = await site.WithExpiredTokenAsync();
        await browser.SendManyAsync(5);

        // The server repeats what it was sent, which must not be passed on.
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        var refreshToken = (await browser.SessionAsync()).RefreshToken;
        var echo = $$"""{"error":"{{refreshToken}}","error_description":"{{BinanceEmulatorDefaults.ClientSecret}} and {{refreshToken}}"}""";
        site.Clock.Pass(LifetimeSite.TokenLifetime);
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
    public async Task A_token_in_the_log_would_be_found(string name)
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.SignedInAsync();
        var token = (await browser.SessionAsync()).Items[".Token." + name];
        var collector = new FakeLogCollector();
        new FakeLogger(collector, "Somewhere").Log(LogLevel.Trace, default, token, null, (value, _) => "a line with " + value);

        Assert.ThrowsAny<Exception>(() => site.Secrets.AssertAbsentFrom(collector.GetSnapshot()));
        Assert.ThrowsAny<Exception>(() => site.Secrets.AssertAbsentFrom(browser.CookieHeader));
    }
}
