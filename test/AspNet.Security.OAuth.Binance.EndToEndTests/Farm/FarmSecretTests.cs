using System.Net;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

[Collection("Web farm")]
public sealed class FarmSecretTests
{
    // Shorter values, such as a correlation cookie's "N", are in every text and in no way secret.
    private const int ShortestSecret = 16;

    [Theory(Timeout = WebFarm.Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Redis_and_logs_hold_no_token_secret_code_verifier_state_cookie_or_key_in_clear_text(bool onServer)
    {
        var cancellation = TestContext.Current.CancellationToken;

        // All that there is to log, but for the one category that writes the address of each request, with the callback's code and
        // state: the sample leaves it off, and docs/scaling.md says so.
        await using var farm = await WebFarm.StartAsync(
            cancellation,
            ("Sessions:OnServer", onServer ? "true" : "false"),
            ("Logging:LogLevel:Default", "Trace"),
            ("Logging:LogLevel:Microsoft.AspNetCore", "Trace"),
            ("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Warning"));
        using var monitor = await RedisMonitor.StartAsync(farm.Redis.Port, cancellation);
        var visitor = farm.NewVisitor();

        await visitor.SignInAsync(farm.Sites[0], farm.Sites[1]);
        await visitor.AgeAsync();
        var answers = await Rush.SendAsync(farm, visitor, 30);
        await (onServer ? farm.KnowsEverywhereAsync(visitor) : farm.KnowsEverywhereAsync(visitor, answers));
        var leaving = farm.NewVisitor();
        await leaving.SignInAsync(farm.Sites[0], farm.Sites[1]);
        var left = leaving.Session!;
        await leaving.SignOutAsync(farm.Sites[2], farm.Sites[0]);
        string[] keys = onServer ? [farm.Tickets.Key(visitor.Session!), farm.Tickets.Key(left)] : [];
        var redis = (await farm.Redis.ReadAllAsync()).ToList();

        // Failures are logged, too.
        await farm.Redis.StopAsync(keepData: false);
        if (onServer)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await visitor.GetAsync(farm.Sites[2], "/profile")).Status);
        }
        else
        {
            await visitor.AgeAsync();
            await visitor.SignOutAsync(farm.Sites[2], farm.Sites[0]);
        }

        // And every command that Redis ever got, so also what it held for a moment only.
        redis.AddRange(monitor.Commands.All);
        var logs = farm.Sites.SelectMany(site => site.Lines.All).ToList();
        Assert.Contains(redis, text => text.Contains("AspNet.Security.OAuth.Binance:", StringComparison.Ordinal));
        var entry = $"AspNet.Security.OAuth.Binance:{(onServer ? "ticket" : "session")}:";
        Assert.Contains(redis, text => text.Contains(entry, StringComparison.Ordinal));
        Assert.DoesNotContain(redis, text => text.Contains(BinanceEmulatorDefaults.UserId, StringComparison.Ordinal));
        Assert.Contains(logs, line => line.Contains("refreshed a session's tokens", StringComparison.Ordinal));
        Assert.Contains(logs, line => line.StartsWith(onServer ? FarmAssertions.Error : FarmAssertions.Warning, StringComparison.Ordinal));

        var secrets = Secrets(farm, [visitor, leaving], answers);
        secrets.AddRange(keys.Select(key => ("key", key)));
        string[] kinds = ["access_token", "client_secret", "code", "code_verifier", "cookie", "key", "refresh_token", "state"];
        Assert.Equal(kinds.Where(kind => onServer || kind != "key"), secrets.Select(secret => secret.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Empty(Leaks(secrets, redis));
        Assert.Empty(Leaks(secrets, logs));
    }

    private static List<(string Name, string Value)> Secrets(WebFarm farm, Visitor[] visitors, Answer[] answers)
    {
        var parameters = farm.Binance.Requests.SelectMany(request => request.Form.Concat(request.Query));
        var tokens = farm.Binance.Requests.To(EmulatorEndpoint.Token)
            .SelectMany(request => JsonDocument.Parse(request.ResponseBody).RootElement.EnumerateObject())
            .Where(field => field.Name is "access_token" or "refresh_token")
            .Select(field => KeyValuePair.Create(field.Name, field.Value.GetString()!));
        var cookies = visitors.SelectMany(visitor => visitor.CookiesSeen).Concat(answers.SelectMany(answer => answer.SetCookies.Select(cookie => cookie.Value)));
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
