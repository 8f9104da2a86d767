using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator;

/// <summary>
/// The output of the command, its end, and its allowed hosts.
/// </summary>
public sealed partial class ToolOutputTests
{
    [Theory(Timeout = Languages.Timeout)]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Signal_ends_it_with_exit_code_0(string signal)
    {
        await using var emulator = await EmulatorProcess.StartAsync();

        Assert.Equal(0, await emulator.EndAsync(signal));
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Start_prints_the_addresses_and_the_client_settings()
    {
        await using var emulator = await EmulatorProcess.StartAsync();

        var address = emulator.Address.AbsoluteUri;
        Assert.All(
            [
                $"{address}emulator/api/v1", $"{address}en/oauth/authorize", $"{address}oauth/token", $"{address}oauth-api/v1/user-info", $"{address}oauth-api/v1/revoke-token",
                BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.ClientSecret, BinanceEmulatorDefaults.PublicClientId, BinanceEmulatorDefaults.UserId,
                "http://localhost/signin-binance (any port)",
            ],
            expected => Assert.Contains(expected, emulator.Text, StringComparison.Ordinal));

        // It listens on loopback only: there is no key.
        Assert.DoesNotContain("key", emulator.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Help_names_every_option_and_version_is_the_packages()
    {
        var (exitCode, help, errors) = await EmulatorProcess.RunAsync([], "--help");

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.All(
            ["--port", "--config", "--auto-approve", "--refresh", "--token-lifetime", "--allow-origin", "--allow-host", "--public-url", "--control-key", "--token-file", "--lenient", "--log"],
            option => Assert.Contains($"  {option} ", help, StringComparison.Ordinal));
        Assert.All(help.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.Equal((0, "0.1.0", ""), await EmulatorProcess.RunAsync([], "--version"));
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Log_has_a_line_for_each_request_and_nothing_secret()
    {
        await using var emulator = await EmulatorProcess.StartAsync("--log");
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = emulator.Address };

        var secrets = await JourneyAsync(http);

        await emulator.WaitForLineAsync("POST /oauth-api/v1/revoke-token 200");
        await emulator.WaitForLineAsync("POST /oauth/token (unknown grant) 503 (fault: Status 503)");
        var lines = emulator.Text.Split("Ctrl+C ends it.\n")[1];
        Assert.All(lines.Split('\n'), line => Assert.Matches(LogLine(), line));
        Assert.Contains(" GET /en/oauth/authorize 302", lines, StringComparison.Ordinal);
        Assert.Contains(" POST /oauth/token authorization_code 200", lines, StringComparison.Ordinal);
        Assert.Contains(" POST /oauth/token refresh_token 200", lines, StringComparison.Ordinal);
        Assert.Contains(" GET /oauth-api/v1/user-info 200", lines, StringComparison.Ordinal);
        Assert.Contains(" GET /oauth-api/v1/user-info 401 (The access token is revoked: revoked by the application.)", lines, StringComparison.Ordinal);
        Assert.Contains(
            " GET /oauth-api/v1/user-info 401 (The access token is unknown: it was issued before this emulator started or was reset, or by another server.)",
            lines,
            StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer", lines, StringComparison.Ordinal);
        Assert.Empty(new SecretFinder(secrets.Select(secret => KeyValuePair.Create(secret, secret)), BinanceEmulatorDefaults.ClientId).Find(lines));
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Allowed_host_is_reached_and_the_control_api_with_the_printed_key()
    {
        await using var emulator = await EmulatorProcess.StartAsync("--allow-host", "emulator", "--public-url", "https://binance.example.com");
        var key = (await emulator.WaitForLineAsync("control key")).Split(' ')[^1];
        await emulator.WaitForLineAsync($"https://binance.example.com/?key={key}");
        await emulator.WaitForLineAsync("https://binance.example.com/en/oauth/authorize");
        await emulator.WaitForLineAsync($"{emulator.Address.AbsoluteUri}oauth/token");

        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{emulator.Address.Port}") };
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/emulator/api/v1/health", "emulator", key: null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, "/emulator/api/v1/clients", "emulator", key: null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/emulator/api/v1/clients", "emulator", key));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, "/oauth-api/v1/user-info", "emulator", key: null));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(http, "/oauth-api/v1/user-info", "other", key: null));
    }

    // An allowed name of loopback requires the key, as any other allowed name.
    [Theory(Timeout = Languages.Timeout)]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task Allowed_name_of_loopback_has_a_key_that_is_printed(string host)
    {
        await using var emulator = await EmulatorProcess.StartAsync("--allow-host", host);
        var key = (await emulator.WaitForLineAsync("control key")).Split(' ')[^1];
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{emulator.Address.Port}") };

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, "/emulator/api/v1/clients", host, key: null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/emulator/api/v1/clients", host, key));
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Key_of_the_environment_is_the_key()
    {
        const string Key = "0123456789abcdef-of-my-own";
        await using var emulator = await EmulatorProcess.StartAsync([("BINANCE_EMULATOR_CONTROL_KEY", Key), ("BINANCE_EMULATOR_ALLOW_HOST", "emulator,proxy.example.com")], "--port", "0");
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{emulator.Address.Port}") };

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/emulator/api/v1/clients", "proxy.example.com", Key));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, "/emulator/api/v1/clients", "emulator", "0123456789abcdef-of-another"));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path, string host, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
        if (key is not null)
        {
            request.Headers.Add("X-Binance-Emulator-Key", key);
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    // The secrets of a client and of the emulator, and values that a client sent in the wrong parameter.
    private static async Task<string[]> JourneyAsync(HttpClient http)
    {
        var token = TestContext.Current.CancellationToken;
        using var sent = await http.GetAsync(
            $"/en/oauth/authorize?response_type=code&client_id={BinanceEmulatorDefaults.ClientId}&redirect_uri=http%3A%2F%2Flocalhost%2Fsignin-binance"
            + $"&scope=user:openId&state=state-of-the-journey&emulator_user={BinanceEmulatorDefaults.UserId}", token);
        var code = Code().Match(sent.Headers.Location!.OriginalString).Groups[1].Value;
        var first = await TokensAsync(http, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", "http://localhost/signin-binance"));
        var second = await TokensAsync(http, ("grant_type", "refresh_token"), ("refresh_token", first.Refresh_token));

        http.DefaultRequestHeaders.Authorization = new("Bearer", second.Access_token);
        using var user = await http.GetAsync("/oauth-api/v1/user-info", token);
        using var revoked = await http.PostAsync("/oauth-api/v1/revoke-token", null, token);
        using var fault = await http.PostAsJsonAsync("/emulator/api/v1/faults", new { endpoint = "token", fault = new { status = 503 } }, token);
        Assert.True(fault.IsSuccessStatusCode);
        using var afterwards = await http.GetAsync("/oauth-api/v1/user-info", token);
        http.DefaultRequestHeaders.Authorization = new("Bearer", "5f0c1d2e-a2c4-4c2e-b7c4-46cef6a8dba5");
        using var earlier = await http.GetAsync("/oauth-api/v1/user-info", token);
        using var strange = await http.PostAsync("/oauth/token", new FormUrlEncodedContent([new("grant_type", "secret-as-a-grant")]), token);

        return
        [
            code, "state-of-the-journey", BinanceEmulatorDefaults.ClientSecret, "secret-as-a-grant",
            first.Access_token, first.Refresh_token, second.Access_token, second.Refresh_token, "5f0c1d2e-a2c4-4c2e-b7c4-46cef6a8dba5",
        ];
    }

    private static async Task<Tokens> TokensAsync(HttpClient http, params (string Name, string Value)[] form)
    {
        (string, string)[] client = [("client_id", BinanceEmulatorDefaults.ClientId), ("client_secret", BinanceEmulatorDefaults.ClientSecret)];
        using var content = new FormUrlEncodedContent(form.Concat(client).Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2)));
        using var response = await http.PostAsync("/oauth/token", content, TestContext.Current.CancellationToken);
        return (await response.Content.ReadFromJsonAsync<Tokens>(TestContext.Current.CancellationToken))!;
    }

    [GeneratedRegex("[?&]code=([^&]+)")]
    private static partial Regex Code();

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{3} [A-Z]+ /[\w/.-]*( authorization_code| refresh_token| \(unknown grant\))? \d{3}( \(fault: [\w ]+\))?( \([A-Z][^()]+\.\))?$")]
    private static partial Regex LogLine();

    // The names on the wire.
    private sealed record Tokens(string Access_token, string Refresh_token);
}
