using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator;

/// <summary>
/// Invalid usage of the command: one line of text, and an exit code.
/// </summary>
public sealed class ToolFaultTests
{
    [Theory(Timeout = Languages.Timeout)]
    [InlineData("'--prot'", "--prot", "5210")]
    [InlineData("'start'", "start")]
    [InlineData("argument missing for option: '--port'", "--port")]
    [InlineData("'--port' expects a single argument but 2", "--port", "1", "--port", "2")]
    [InlineData("--port: '65536' is not a port, which is a number from 0 to 65535.", "--port", "65536")]
    [InlineData("--port: '-1' is not a port", "--port=-1")]
    [InlineData("--refresh: 'never' is none of keep, rotate, rotate-and-revoke-on-reuse.", "--refresh", "never")]
    [InlineData("--token-lifetime: '15x' is not a length of time", "--token-lifetime", "15x")]
    [InlineData("--token-lifetime: 'm' is not a length of time", "--token-lifetime", "m")]
    [InlineData("--token-lifetime: A lifetime must be between one second and ten years.", "--token-lifetime", "0")]
    [InlineData("--token-lifetime: A lifetime must be between one second and ten years.", "--token-lifetime", "2147483647d")]
    [InlineData("--lenient: 'perhaps' is neither true nor false.", "--lenient", "perhaps")]
    [InlineData("--log: 'perhaps' is neither true nor false.", "--log", "perhaps")]
    [InlineData("--public-url: 'example.com' is not an http or https address", "--public-url", "example.com")]
    [InlineData("--allow-origin: 'http://localhost:3000/' is not an origin", "--allow-origin", "http://localhost:3000/")]
    [InlineData("--allow-host: '*' is not a host name", "--allow-host", "*")]
    [InlineData("--control-key: The control key must have at least 16 characters", "--control-key", "short")]
    [InlineData("--config: There is no configuration file nowhere.json", "--config", "nowhere.json")]
    [InlineData("--auto-approve: there is no account with the user id 'nobody'. Accounts: 1000", "--auto-approve", "nobody")]
    public Task Wrong_usage_is_one_line_and_exit_code_2(string expected, params string[] arguments)
        => AssertRefusedAsync(2, expected, [], arguments.Contains("--port") ? arguments : [.. arguments, .. arguments is ["--port=-1"] ? [] : (string[])["--port", "0"]]);

    [Theory(Timeout = Languages.Timeout)]
    [InlineData("BINANCE_EMULATOR_PORT", "http")]
    [InlineData("BINANCE_EMULATOR_CONFIG", "nowhere.json")]
    [InlineData("BINANCE_EMULATOR_REFRESH", "never")]
    [InlineData("BINANCE_EMULATOR_TOKEN_LIFETIME", "soon")]
    [InlineData("BINANCE_EMULATOR_ALLOW_ORIGIN", "http://localhost:3000,null")]
    [InlineData("BINANCE_EMULATOR_ALLOW_HOST", "emulator,http://emulator")]
    [InlineData("BINANCE_EMULATOR_PUBLIC_URL", "example.com")]
    [InlineData("BINANCE_EMULATOR_CONTROL_KEY", "short")]
    [InlineData("BINANCE_EMULATOR_LENIENT", "perhaps")]
    [InlineData("BINANCE_EMULATOR_LOG", "perhaps")]
    public Task Wrong_variable_is_named(string variable, string value) => AssertRefusedAsync(2, $"{variable}: ", [(variable, value)], []);

    [Fact(Timeout = Languages.Timeout)]
    public async Task Wrong_configuration_file_is_named_with_the_line()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """
                {
                  "options": {
                    "prot": 5210
                  }
                }
                """, TestContext.Current.CancellationToken);

            var (exitCode, _, errors) = await EmulatorProcess.RunAsync([], "--port", "0", "--config", file);

            Assert.Equal(2, exitCode);
            Assert.Matches($@"^binance-emulator: --config: [^\n]*{Regex.Escape(file)}[^\n]*line 3[^\n]*prot[^\n]*$", errors);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Taken_port_is_one_line_and_exit_code_1()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        await AssertRefusedAsync(1, $"port {port}: it is in use. Stop what uses it, or choose another port with --port;", [], ["--port", $"{port}"]);
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Token_file_that_is_something_else_is_one_line_and_exit_code_1()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "mine", TestContext.Current.CancellationToken);

            await AssertRefusedAsync(1, file, [], ["--port", "0", "--token-file", file]);

            Assert.Equal("mine", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(file);
            File.Delete($"{file}.lock");
        }
    }

    [Fact(Timeout = Languages.Timeout)]
    public Task Production_is_refused_with_exit_code_1()
        => AssertRefusedAsync(1, "ASPNETCORE_ENVIRONMENT is Production", [("ASPNETCORE_ENVIRONMENT", "Production")], ["--port", "0"]);

    private static async Task AssertRefusedAsync(int expectedCode, string expected, (string Name, string Value)[] environment, string[] arguments)
    {
        var (exitCode, output, errors) = await EmulatorProcess.RunAsync(environment, arguments);

        Assert.Equal(expectedCode, exitCode);
        Assert.Empty(output);
        Assert.StartsWith("binance-emulator: ", errors, StringComparison.Ordinal);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);

        // Terms of the command line, not of C#.
        Assert.DoesNotContain("BinanceEmulatorOptions", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", errors, StringComparison.Ordinal);
    }
}
