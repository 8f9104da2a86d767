using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using YamlDotNet.RepresentationModel;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator;

/// <summary>
/// docs/emulator.md: its commands work, its tables are complete, and its compose file and configuration file are valid.
/// </summary>
public sealed partial class EmulatorPageTests
{
    private static readonly string _page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "emulator.md"));

    [Fact(Timeout = Languages.Timeout)]
    public async Task Commands_with_curl_work_in_their_order()
    {
        Assert.NotNull(Languages.Curl);
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var address = $"http://localhost:{binance.BaseAddress.Port}";

        // A refused command fails the script. The request of the application is a refresh.
        var commands = string.Concat(ShellBlock().Matches(_page).Select(block => block.Groups[1].Value));
        var script = $"""
            set -euo pipefail
            curl() (
              command curl --silent --show-error --fail-with-body "$@" || (echo "refused: $*" >&2; exit 1)
            )
            {commands.Replace("# The requests of the application", $"command curl -sS -d grant_type=refresh_token {address}/oauth/token\n# The requests of the application", StringComparison.Ordinal)}
            """.Replace("http://localhost:5210", address, StringComparison.Ordinal);
        var (exitCode, text) = await Languages.RunAsync(new(Languages.Bash, ["-c", script]));

        Assert.True(exitCode == 0, text);
    }

    [Fact]
    public void Commands_with_curl_show_every_path_of_the_api()
    {
        var commands = string.Concat(ShellBlock().Matches(_page).Select(block => block.Groups[1].Value));

        Assert.All(
            ApiPath().Matches(_page).Select(path => path.Groups[1].Value[1..].Split('{')[0]).Distinct(),
            path => Assert.Contains($"$api/{path}", commands, StringComparison.Ordinal));
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Table_of_the_api_is_complete()
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = binance.BaseAddress };
        using var document = JsonDocument.Parse(await http.GetStringAsync("/emulator/api/v1/openapi.json", TestContext.Current.CancellationToken));
        var described = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject()
                .Where(method => method.Name is "get" or "post" or "put" or "patch" or "delete")
                .Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));

        Assert.Equal(described.Order(), ApiRow().Matches(_page).Select(row => row.Groups[1].Value).Order());
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Table_of_the_options_is_that_of_the_help()
    {
        var (_, help, _) = await EmulatorProcess.RunAsync([], "--help");

        var documented = OptionRow().Matches(_page).Select(row => row.Groups[1].Value).ToArray();
        Assert.Equal(HelpRow().Matches(help).Select(row => row.Groups[1].Value).Except(["--help", "--version"]), documented);
        Assert.All(OptionRow().Matches(_page), row => Assert.Equal($"BINANCE_EMULATOR_{row.Groups[1].Value[2..].Replace('-', '_').ToUpperInvariant()}", row.Groups[2].Value));
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Compose_file_starts_an_emulator_that_both_addresses_reach()
    {
        const string Key = "a-key-of-the-environment";
        var compose = new YamlStream();
        compose.Load(new StringReader(await File.ReadAllTextAsync(Path.Combine(Repository.Example("compose.yaml")), TestContext.Current.CancellationToken)));
        var services = compose.Documents[0].RootNode["services"];
        var environment = ((YamlMappingNode)services["emulator"]["environment"]).Children
            .Select(variable => (variable.Key.ToString(), variable.Value.ToString() is ['$', '{', ..] ? Key : variable.Value.ToString()))
            .ToArray();

        await using var emulator = await EmulatorProcess.StartAsync(environment, "--port", "0");

        var application = services["application"]["environment"];
        string[] hosts = [.. ((string[])["BINANCE_PUBLIC_ADDRESS", "BINANCE_BACKCHANNEL_ADDRESS"]).Select(name => new Uri(application[name].ToString()).Host)];
        Assert.Equal(["localhost", "emulator"], hosts);
        using var http = new HttpClient();
        foreach (var host in hosts)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(emulator.Address, "/emulator/api/v1/clients")) { Headers = { Host = host } };
            request.Headers.Add("X-Binance-Emulator-Key", Key);
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Configuration_file_starts_an_emulator()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, JsonBlock().Match(_page).Groups[1].Value, TestContext.Current.CancellationToken);
            await using var emulator = await EmulatorProcess.StartAsync("--config", file);

            Assert.Contains("shop", emulator.Text, StringComparison.Ordinal);
            Assert.Contains("Alice", emulator.Text, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex(@"^```json\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex JsonBlock();

    [GeneratedRegex(@"^```sh\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"^\| `(--[a-z-]+)[^`]*` \| `(BINANCE_EMULATOR_\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex OptionRow();

    [GeneratedRegex("^  (--[a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex HelpRow();

    [GeneratedRegex("`((?:GET|POST|PUT|PATCH|DELETE) /[^`]*)`")]
    private static partial Regex ApiRow();

    [GeneratedRegex("`(?:GET|POST|PUT|PATCH|DELETE) (/[^`]*)`")]
    private static partial Regex ApiPath();
}
