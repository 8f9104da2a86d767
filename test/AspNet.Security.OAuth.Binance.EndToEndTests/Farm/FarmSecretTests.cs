using System.Net;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

[Collection(WebFarmGroup.Name)]
public sealed class FarmSecretTests
{
    // Shorter values, such as a correlation cookie's "N", occur in every text and are not secret.
    private const int ShortestSecret = 16;

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
        await (onServer ? farm.CanRefreshEverywhereAsync(browser) : farm.CanRefreshEverywhereAsync(browser, responses));
        var leaving = farm.NewBrowser();
        await leaving.SignInAsync(farm.Sites[0], farm.Sites[1]);
        var left = leaving.Session!;
        await leaving.SignOutAsync(farm.Sites[2], farm.Sites[0]);
        string[] keys = onServer ? [farm.Tickets.Key(browser.Session!), farm.Tickets.Key(left)] : [];
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
        var logs = farm.Sites.SelectMany(site => site.Lines.All).ToList();
        Assert.Contains(redis, text => text.Contains("AspNet.Security.OAuth.Binance:", StringComparison.Ordinal));
        var entry = $"AspNet.Security.OAuth.Binance:{(onServer ? "ticket" : "session")}:";
        Assert.Contains(redis, text => text.Contains(entry, StringComparison.Ordinal));
        Assert.DoesNotContain(redis, text => text.Contains(BinanceEmulatorDefaults.UserId, StringComparison.Ordinal));
        Assert.Contains(logs, line => line.Contains("refreshed a session's tokens", StringComparison.Ordinal));
        Assert.Contains(logs, line => line.StartsWith(onServer ? FarmAssertions.Error : FarmAssertions.Warning, StringComparison.Ordinal));

        var secrets = Secrets(farm, [browser, leaving], responses);
        secrets.AddRange(keys.Select(key => ("key", key)));
        string[] kinds = ["access_token", "client_secret", "code", "code_verifier", "cookie", "key", "refresh_token", "state"];
        Assert.Equal(kinds.Where(kind => onServer || kind != "key"), secrets.Select(secret => secret.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Empty(Leaks(secrets, redis));
        Assert.Empty(Leaks(secrets, logs));
    }

    private static List<(string Name, string Value)> Secrets(WebFarm farm, FarmBrowser[] browsers, SiteResponse[] responses)
    {
        var parameters = farm.Binance.Requests.SelectMany(request => request.Form.Concat(request.Query));
        var tokens = farm.Binance.Requests.To(EmulatorEndpoint.Token)
            .SelectMany(request => JsonDocument.Parse(request.ResponseBody).RootElement.EnumerateObject())
            .Where(field => field.Name is "access_token" or "refresh_token")
            .Select(field => KeyValuePair.Create(field.Name, field.Value.GetString()!));
        var cookies = browsers.SelectMany(browser => browser.CookiesSeen).Concat(responses.SelectMany(response => response.SetCookies.Select(cookie => cookie.Value)));
        return
        [
            .. parameters.Where(parameter => parameter.Key is "code" or "code_verifier" or "client_secret" or "refresh_token" or "state")
                .Concat(tokens)
                .Concat(cookies.Select(value => KeyValuePair.Create("cookie", value)))
                .Where(secret => secret.Value.Length >= ShortestSecret)
                .Distinct()
                .Select(secret => (secret.Key, secret.Value)),
        ];
    }

    private static IEnumerable<string> Leaks(List<(string Name, string Value)> secrets, IReadOnlyList<string> texts)
        => from text in texts
           from secret in secrets
           where text.Contains(secret.Value, StringComparison.Ordinal)
           select $"{secret.Name} in: {text}";
}
