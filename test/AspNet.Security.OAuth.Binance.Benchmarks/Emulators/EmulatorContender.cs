using System.Diagnostics;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Emulators;

/// <summary>
/// A server that is started for development and tests, and the requests of its code flow.
/// </summary>
internal sealed class EmulatorContender
{
    private static readonly string _redirectUri = Uri.EscapeDataString("http://localhost/signin-binance");

    public required string Name { get; init; }

    /// <summary>Starts it on a port.</summary>
    public required Func<int, ProcessStartInfo> Start { get; init; }

    /// <summary>Responds with 200 as soon as it is there.</summary>
    public required string FirstPage { get; init; }

    public required string Authorize { get; init; }

    public required string Token { get; init; }

    public required string UserInfo { get; init; }

    public static EmulatorContender Ours(string program) => new()
    {
        Name = "`binance-emulator`",
        Start = port => new(program, ["--port", $"{port}", "--auto-approve"]),
        FirstPage = "/emulator/api/v1/health",
        Authorize = "/en/oauth/authorize",
        Token = "/oauth/token",
        UserInfo = "/oauth-api/v1/user-info",
    };

    public static EmulatorContender Peer(string folder, string version) => new()
    {
        Name = $"`oauth2-mock-server` {version}",
        Start = port => new("node", [Path.Combine(folder, "node_modules", "oauth2-mock-server", "dist", "oauth2-mock-server.mjs"), "-a", "127.0.0.1", "-p", $"{port}"]),
        FirstPage = "/.well-known/openid-configuration",
        Authorize = "/authorize",
        Token = "/token",
        UserInfo = "/userinfo",
    };

    /// <summary>Authorize, code for tokens, user-info: what an application and its browser send for one sign-in.</summary>
    public void SignIn(FlowConnection connection, string state)
    {
        var redirect = connection.Send($"GET {Authorize}?response_type=code&client_id={BinanceEmulatorDefaults.ClientId}&redirect_uri={_redirectUri}&scope=user:openId&state={state}");
        var code = FlowConnection.Between(redirect, "code=", '&', '\r');
        var tokens = connection.Send(
            $"POST {Token}",
            form: $"grant_type=authorization_code&code={code}&redirect_uri={_redirectUri}&client_id={BinanceEmulatorDefaults.ClientId}&client_secret={BinanceEmulatorDefaults.ClientSecret}");
        var user = connection.Send($"GET {UserInfo}", $"Authorization: Bearer {FlowConnection.Between(tokens, "\"access_token\":\"", '"')}\r\n");
        if (!user.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{Name} refuses its own token.");
        }
    }
}
