using System.Diagnostics;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator;

/// <summary>
/// The table of library settings in docs/emulator.md: without the setting, a library fails as documented.
/// </summary>
public sealed class LibrarySettingTests(ClientPackages packages)
{
    private const string Scopes = "\"user:openId,user:email\"";
    private const string ListOfScopes = "[\"user:openId\", \"user:email\"]";

    [Theory(Timeout = Languages.Timeout)]
    [InlineData("openid-client.mjs", "ClientSecretPost", "ClientSecretBasic", "status: 401")]
    [InlineData("openid-client.mjs", "user:openId,user:email", "user:openId user:email", "invalid_scope")]
    [InlineData("openid-client.mjs", "client.allowInsecureRequests(config);", "", "only requests to HTTPS are allowed")]
    [InlineData("passport-oauth2.mjs", "scopeSeparator: ',',", "", "invalid_scope")]
    [InlineData("passport-oauth2.mjs", "strategy._oauth2.useAuthorizationHeaderforGET(true);", "", BinanceEmulatorDefaults.InvalidRequestCode)]
    public async Task Library_of_npm_fails_without_its_setting(string program, string setting, string without, string expected)
    {
        var node = Languages.Node;
        var folder = await packages.GetAsync();
        var changed = Path.Combine(folder, $"{Guid.NewGuid():N}.mjs");
        await ChangeAsync(program, changed, setting, without);

        await AssertFailsAsync(new(node, [changed]), expected);
    }

    [Theory(Timeout = Languages.Timeout)]
    [InlineData("authlib_client.py", "token_endpoint_auth_method=\"client_secret_post\",", "", "invalid_client")]
    [InlineData("authlib_client.py", Scopes, ListOfScopes, "invalid_scope")]
    [InlineData("authlib_client.py", ".get(\"error\")", ".get(\"none\")", "unsupported_grant_type")]
    [InlineData("requests_oauthlib_client.py", "include_client_id=True,", "", "invalid_client")]
    [InlineData("requests_oauthlib_client.py", Scopes, ListOfScopes, "invalid_scope")]
    [InlineData("requests_oauthlib_client.py", "os.environ[\"OAUTHLIB_RELAX_TOKEN_SCOPE\"] = \"1\"", "", "Scope has changed")]
    [InlineData("requests_oauthlib_client.py", "os.environ[\"OAUTHLIB_INSECURE_TRANSPORT\"] = \"1\"", "", "OAuth 2 MUST utilize https")]
    public async Task Library_of_python_fails_without_its_setting(string program, string setting, string without, string expected)
    {
        var isAuthlib = program.StartsWith("authlib", StringComparison.Ordinal);
        var python = await Languages.PythonWithAsync(isAuthlib ? "authlib" : "requests_oauthlib", isAuthlib ? "python3-authlib" : "python3-requests-oauthlib");
        var changed = Path.GetTempFileName();
        try
        {
            await ChangeAsync(program, changed, setting, without);
            var start = new ProcessStartInfo(python, ["-B", changed]);
            start.Environment["PYTHONPATH"] = Repository.Clients;

            await AssertFailsAsync(start, expected);
        }
        finally
        {
            File.Delete(changed);
        }
    }

    private static async Task ChangeAsync(string program, string changed, string setting, string without)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Clients, program), TestContext.Current.CancellationToken);
        Assert.Contains(setting, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(changed, text.Replace(setting, without, StringComparison.Ordinal), TestContext.Current.CancellationToken);
    }

    private static async Task AssertFailsAsync(ProcessStartInfo start, string expected)
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        start.Environment["BINANCE_SERVER"] = $"http://localhost:{binance.BaseAddress.Port}";

        var (_, text) = await Languages.RunAsync(start);

        Assert.Contains(expected, text, StringComparison.Ordinal);
    }
}
