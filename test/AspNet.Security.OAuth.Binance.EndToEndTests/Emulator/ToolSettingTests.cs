using System.Net.Http.Json;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator;

/// <summary>
/// Every option of the command, from the command line, the environment, or the configuration file, in this order of precedence.
/// </summary>
public sealed class ToolSettingTests : IDisposable
{
    private readonly string _config = Path.GetTempFileName();

    public void Dispose() => File.Delete(_config);

    [Fact(Timeout = Languages.Timeout)]
    public async Task Command_line_sets_every_option()
    {
        await using var emulator = await EmulatorProcess.StartAsync(
            "--auto-approve", "30000000000000000000000000000003", "--refresh", "rotate", "--token-lifetime", "15m", "--lenient",
            "--allow-origin", "http://localhost:3000", "--allow-origin", "http://localhost:3001");

        var options = await OptionsAsync(emulator);
        Assert.True(options.GetProperty("autoApprove").GetBoolean());
        Assert.Equal("30000000000000000000000000000003", options.GetProperty("autoApproveUser").GetString());
        Assert.Equal("rotate", options.GetProperty("refreshTokenBehavior").GetString());
        Assert.Equal(900, options.GetProperty("accessTokenLifetimeSeconds").GetDouble());
        Assert.True(options.GetProperty("lenient").GetBoolean());
        Assert.Equal(["http://localhost:3000", "http://localhost:3001"], Origins(options));
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Environment_sets_every_option()
    {
        await using var emulator = await EmulatorProcess.StartAsync(
            [
                ("BINANCE_EMULATOR_PORT", "0"),
                ("BINANCE_EMULATOR_AUTO_APPROVE", "true"),
                ("BINANCE_EMULATOR_REFRESH", "keep"),
                ("BINANCE_EMULATOR_TOKEN_LIFETIME", "00:15:00"),
                ("BINANCE_EMULATOR_LENIENT", "1"),
                ("BINANCE_EMULATOR_ALLOW_ORIGIN", "http://localhost:3000, http://localhost:3001"),
                ("BINANCE_EMULATOR_LOG", "true"),
            ]);

        var options = await OptionsAsync(emulator);
        Assert.True(options.GetProperty("autoApprove").GetBoolean());
        Assert.Equal(JsonValueKind.Null, options.GetProperty("autoApproveUser").ValueKind);
        Assert.Equal("keep", options.GetProperty("refreshTokenBehavior").GetString());
        Assert.Equal(900, options.GetProperty("accessTokenLifetimeSeconds").GetDouble());
        Assert.True(options.GetProperty("lenient").GetBoolean());
        Assert.Equal(["http://localhost:3000", "http://localhost:3001"], Origins(options));

        using var http = new HttpClient();
        await http.GetStringAsync(emulator.Address, TestContext.Current.CancellationToken);
        await emulator.WaitForLineAsync("GET / 200");
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Command_line_goes_before_the_environment_and_both_before_the_configuration_file()
    {
        await File.WriteAllTextAsync(_config, """
            {
              "options": {
                "accessTokenLifetimeSeconds": 100,
                "refreshTokenBehavior": "rotate",
                "codeLifetimeSeconds": 30,
                "lenient": true,
                "allowedOrigins": ["http://localhost:1"]
              },
              "clients": [{ "clientId": "shop", "name": "Shop", "redirectUris": ["http://localhost:3000/callback"] }]
            }
            """, TestContext.Current.CancellationToken);

        await using var emulator = await EmulatorProcess.StartAsync(
            [
                ("BINANCE_EMULATOR_CONFIG", _config),
                ("BINANCE_EMULATOR_TOKEN_LIFETIME", "200"),
                ("BINANCE_EMULATOR_REFRESH", "keep"),
                ("BINANCE_EMULATOR_ALLOW_ORIGIN", "http://localhost:2"),
                ("BINANCE_EMULATOR_PORT", "1"),
            ],
            "--token-lifetime", "300s", "--lenient", "false", "--port", "0");

        var options = await OptionsAsync(emulator);
        Assert.Equal(300, options.GetProperty("accessTokenLifetimeSeconds").GetDouble());
        Assert.Equal("keep", options.GetProperty("refreshTokenBehavior").GetString());
        Assert.Equal(30, options.GetProperty("codeLifetimeSeconds").GetDouble());
        Assert.False(options.GetProperty("lenient").GetBoolean());
        Assert.Equal(["http://localhost:2"], Origins(options));

        // The file's clients replace the preset ones, and are printed.
        Assert.Contains("shop", emulator.Text, StringComparison.Ordinal);
        Assert.Contains("http://localhost:3000/callback", emulator.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("binance-emulator-client", emulator.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Tokens_outlive_it_in_a_file()
    {
        var folder = Directory.CreateTempSubdirectory("tokens-");
        try
        {
            var file = Path.Combine(folder.FullName, "tokens.json");
            using var http = new HttpClient();
            await using (var first = await EmulatorProcess.StartAsync("--token-file", file))
            {
                using var issued = await http.PostAsJsonAsync(new Uri(first.Address, "/emulator/api/v1/tokens"), new { }, TestContext.Current.CancellationToken);
                Assert.True(issued.IsSuccessStatusCode);
                Assert.Equal(0, await first.EndAsync("TERM"));
            }

            await using var second = await EmulatorProcess.StartAsync("--token-file", file);
            var tokens = await http.GetFromJsonAsync<JsonElement>(new Uri(second.Address, "/emulator/api/v1/tokens"), TestContext.Current.CancellationToken);
            Assert.Equal(1, tokens.GetProperty("accessTokens").GetArrayLength());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string[] Origins(JsonElement options) => [.. options.GetProperty("allowedOrigins").EnumerateArray().Select(origin => origin.GetString()!)];

    private static async Task<JsonElement> OptionsAsync(EmulatorProcess emulator)
    {
        using var http = new HttpClient();
        return await http.GetFromJsonAsync<JsonElement>(new Uri(emulator.Address, "/emulator/api/v1/options"), TestContext.Current.CancellationToken);
    }
}
