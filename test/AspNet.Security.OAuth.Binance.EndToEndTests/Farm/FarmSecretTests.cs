using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

[Collection(WebFarmGroup.Name)]
public sealed class FarmSecretTests
{
    [Theory(Timeout = WebFarm.Timeout)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Redis_and_logs_hold_no_token_secret_code_verifier_state_cookie_or_key_in_clear_text(bool onServer)
    {
        var cancellation = TestContext.Current.CancellationToken;

        // Every category but the one that logs request addresses, and with them the callback's code and state. The sample disables
        // it: docs/scaling.md.
        await using var farm = await WebFarm.StartAsync(
            cancellation,
            ("Sessions:OnServer", onServer ? "true" : "false"),
            ("Logging:LogLevel:Default", "Trace"),
            ("Logging:LogLevel:Microsoft.AspNetCore", "Trace"),
            ("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Warning"));
        using var monitor = await RedisMonitor.StartAsync(farm.Redis.Port, cancellation);
        var browser = farm.NewBrowser();

        await browser.SignInAsync(farm.Sites[0], farm.Sites[1]);
        await browser.ExpireTokensAsync();
        var responses = await Burst.SendAsync(farm, browser, 30);
        await (onServer ? farm.AssertCanRefreshEverywhereAsync(browser) : farm.AssertCanRefreshEverywhereAsync(browser, responses));
        var other = farm.NewBrowser();
        await other.SignInAsync(farm.Sites[0], farm.Sites[1]);
        var ended = other.Session!;
        await other.SignOutAsync(farm.Sites[2], farm.Sites[0]);
        string[] keys = onServer ? [farm.Tickets.Key(browser.Session!), farm.Tickets.Key(ended)] : [];
        var redis = (await farm.Redis.ReadAllAsync()).ToList();

        // Failures are logged as well.
        await farm.Redis.StopAsync(keepData: false);
        if (onServer)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await browser.GetAsync(farm.Sites[2], "/profile")).Status);
        }
        else
        {
            await browser.ExpireTokensAsync();
            await browser.SignOutAsync(farm.Sites[2], farm.Sites[0]);
        }

        // Every command that Redis received, which covers entries that were deleted since.
        redis.AddRange(monitor.Commands.All);
        await farm.WaitForLinesAsync("refreshed a session's tokens", 1, cancellation);
        await farm.WaitForLinesAsync(onServer ? FarmAssertions.Error : FarmAssertions.Warning, 1, cancellation);
        await farm.WaitForLogsAsync(cancellation);
        var logs = farm.Sites.SelectMany(site => site.Lines.All).ToList();
        Assert.Contains(redis, text => text.Contains("AspNet.Security.OAuth.Binance:", StringComparison.Ordinal));
        var entry = $"AspNet.Security.OAuth.Binance:{(onServer ? "ticket" : "session")}:";
        Assert.Contains(redis, text => text.Contains(entry, StringComparison.Ordinal));
        Assert.DoesNotContain(redis, text => text.Contains(BinanceEmulatorDefaults.UserId, StringComparison.Ordinal));

        var secrets = new SecretList(farm.Binance);
        var written = responses.SelectMany(response => response.SetCookies).Select(cookie => cookie.Value).Where(value => value.Length > 0);
        foreach (var cookie in browser.CookiesSeen.Concat(other.CookiesSeen).Concat(written))
        {
            secrets.Add("cookie", cookie);
        }

        foreach (var key in keys)
        {
            // After the dot is a hash of the user, which names the user's entries in Redis.
            secrets.Add("key", key.Split('.')[0]);
        }

        string[] kinds = ["access_token", "client_secret", "code", "code_verifier", "cookie", "key", "refresh_token", "state"];
        Assert.Equal(kinds.Where(kind => onServer || kind != "key"), secrets.Kinds().Distinct());
        secrets.AssertAbsentFrom(string.Join('\n', redis));
        secrets.AssertAbsentFrom(string.Join('\n', logs));
    }
}
