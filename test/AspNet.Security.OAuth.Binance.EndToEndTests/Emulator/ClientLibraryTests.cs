using System.Diagnostics;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator;

/// <summary>
/// OAuth clients of other languages, each with the whole flow: a refusal, then authorize, code, token, user-info, refresh, revoke.
/// </summary>
public sealed class ClientLibraryTests(ClientPackages packages)
{
    private const string Journey = $"""
        refusal: access_denied
        user: {BinanceEmulatorDefaults.UserId}
        refreshed: true
        revoked: true
        """;

    [Theory(Timeout = Languages.Timeout)]
    [InlineData("openid-client.mjs")]
    [InlineData("passport-oauth2.mjs")]
    public async Task Library_of_npm_completes_the_flow(string program)
    {
        var node = Languages.Node;

        await using var binance = await RunAsync(new(node, [program]) { WorkingDirectory = await packages.GetAsync() }, Journey);

        AssertJourney(binance);
    }

    [Theory(Timeout = Languages.Timeout)]
    [InlineData("authlib_client.py", "authlib", "python3-authlib")]
    [InlineData("requests_oauthlib_client.py", "requests_oauthlib", "python3-requests-oauthlib")]
    public async Task Library_of_python_completes_the_flow(string program, string module, string package)
    {
        var python = await Languages.PythonWithAsync(module, package);

        await using var binance = await RunAsync(new(python, ["-B", Path.Combine(Repository.Clients, program)]), Journey);

        AssertJourney(binance);
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Commands_of_the_document_work_with_curl()
    {
        Assert.NotNull(Languages.Curl);

        await using var binance = await RunAsync(new(Languages.Bash, [Path.Combine(Repository.Clients, "document.sh")]), $"""
            refusal: access_denied
            code in the query: bearer
            code in a form: bearer
            refresh in the query: bearer
            refresh in a form: bearer
            user: {BinanceEmulatorDefaults.UserId}
            revoked: true
            code with PKCE: bearer
            """);

        // As in the document: two requests with their parameters in the query, and no secret from the public client.
        var tokens = binance.Requests.To(EmulatorEndpoint.Token);
        Assert.Equal(["authorization_code", "refresh_token"], tokens.Where(request => request.Query.Count > 0).Select(request => request.GrantType));
        Assert.False(tokens[^1].Form.Contains("client_secret"));
    }

    private static void AssertJourney(BinanceEmulator binance)
    {
        var (authorize, tokens) = (binance.Requests.To(EmulatorEndpoint.Authorize), binance.Requests.To(EmulatorEndpoint.Token));
        Assert.Equal(2, authorize.Count);
        Assert.All(authorize, request => Assert.Equal(("user:openId,user:email", "S256"), (request.Query["scope"], request.Query["code_challenge_method"])));

        // The refusal ends the first sign-in: no request follows it.
        Assert.Equal(["authorization_code", "refresh_token"], tokens.Select(request => request.GrantType));
        Assert.All(tokens, request => Assert.Equal((200, null), (request.Status, request.Authorization)));
        Assert.True(tokens[0].Form.Contains("code_verifier"));
        Assert.Equal([200], binance.Requests.To(EmulatorEndpoint.UserInfo).Select(request => request.Status));
        Assert.Equal([200], binance.Requests.To(EmulatorEndpoint.Revoke).Select(request => request.Status));
        Assert.Empty(binance.Tokens.AccessTokens);
    }

    private static async Task<BinanceEmulator> RunAsync(ProcessStartInfo start, string expected)
    {
        var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        try
        {
            start.Environment["BINANCE_SERVER"] = $"http://localhost:{binance.BaseAddress.Port}";
            var (exitCode, text) = await Languages.RunAsync(start);
            Assert.Equal(expected.ReplaceLineEndings("\n"), text);
            Assert.Equal(0, exitCode);
            return binance;
        }
        catch
        {
            await binance.DisposeAsync();
            throw;
        }
    }
}
