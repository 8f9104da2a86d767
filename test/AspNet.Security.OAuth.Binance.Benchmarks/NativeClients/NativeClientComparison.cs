using System.Net;
using System.Text;
using AspNet.Security.OAuth.Binance.Benchmarks.Results;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Benchmarks.NativeClients;

/// <summary>
/// Compares two clients for native applications on the same server, for docs/native.md. Each row has its own emulator, which rotates refresh
/// tokens and treats a reused one as stolen.
/// </summary>
internal static class NativeClientComparison
{
    public const string ClientId = "native-application";

    private const string Begin = "<!-- comparison: written by the benchmarks -->";
    private const string End = "<!-- end of the comparison -->";
    private const int Callers = 5;

    private static readonly (string Row, Func<INativeClient, BinanceEmulator, Task<string>> Measure)[] _rows =
    [
        ("sign in with two scopes", (client, _) => client.SignInAsync()),
        ("the user's id", async (client, _) =>
        {
            await client.SignInAnywayAsync();
            return await client.UserAsync();
        }),
        ("user-info fails, with HTTP 200 and code `117041`", async (client, binance) =>
        {
            await client.SignInAnywayAsync();
            binance.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.ApiError("117041", "Quote expired"));
            return await client.UserAsync();
        }),
        ("a firewall's page in place of a refresh, then a refresh", async (client, binance) =>
        {
            await ExpiredAsync(client, binance);
            binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("<html>challenge</html>", 202, "text/html"));
            var first = await client.RefreshAsync();
            binance.Clock.Advance(TimeSpan.FromMinutes(1));
            return $"{first}; {await client.RefreshAsync()}";
        }),
        ($"{Callers} refreshes at once", async (client, binance) =>
        {
            await ExpiredAsync(client, binance);
            var results = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => client.RefreshAsync()));
            return $"{Refreshes(binance)}; {string.Join(", ", results.CountBy(result => result).OrderBy(count => count.Value).Select(count => $"{count.Value} × {count.Key}"))}; {Session(binance)}";
        }),
        ($"{Callers} API calls at once with an expired token", async (client, binance) =>
        {
            await ExpiredAsync(client, binance);
            using var api = client.CreateApi();
            using var hold = binance.Faults.Hold(EmulatorEndpoint.UserInfo);
            var calls = Enumerable.Range(0, Callers).Select(_ => StatusAsync(api, new(binance.BaseAddress, "/oauth-api/v1/user-info"))).ToArray();
            await hold.WaitForCallsAsync(Callers, CancellationToken.None);
            hold.Release();
            var statuses = await Task.WhenAll(calls);
            return $"{Refreshes(binance)}; {statuses.Count(status => status is HttpStatusCode.OK)} × 200; {Session(binance)}";
        }),
        ("sign out", async (client, binance) =>
        {
            await client.SignInAnywayAsync();
            var result = await client.SignOutAsync();
            return $"{result}; revocations: {binance.Requests.Count(request => request.Endpoint is EmulatorEndpoint.Revoke)}; valid tokens: {binance.Tokens.AccessTokens.Count}";
        }),
    ];

    public static async Task<string> MeasureAsync()
    {
        var table = new StringBuilder("| what happens | `Duende.IdentityModel.OidcClient` 7.1.1 | `BinanceLogin` |\n|---|---|---|\n");
        foreach (var (row, measure) in _rows)
        {
            var general = await MeasureAsync(measure, binance => new OidcClientLogin(binance));
            var ours = await MeasureAsync(measure, binance => new BinanceLoginClient(binance));
            table.Append("| ").AppendJoin(" | ", row, general, ours).Append(" |\n");
        }

        return table.ToString();
    }

    public static async Task WriteAsync()
    {
        var file = Path.Combine(Document.Folder, "native.md");
        var document = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, $"{document[..(document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)]}\n\n{await MeasureAsync()}\n{document[document.IndexOf(End, StringComparison.Ordinal)..]}");
    }

    private static async Task<string> MeasureAsync(Func<INativeClient, BinanceEmulator, Task<string>> measure, Func<BinanceEmulator, INativeClient> create)
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true);
        binance.Clients.Add(new() { ClientId = ClientId, RedirectUris = [AppBrowser.RedirectUri] });
        await using var client = create(binance);
        return await measure(client, binance);
    }

    private static async Task ExpiredAsync(INativeClient client, BinanceEmulator binance)
    {
        await client.SignInAnywayAsync();
        binance.Clock.Advance(binance.Options.AccessTokenLifetime);
    }

    private static string Refreshes(BinanceEmulator binance)
        => $"requests: {binance.Requests.Count(request => request.GrantType is "refresh_token")}";

    private static string Session(BinanceEmulator binance) => binance.Tokens.RefreshTokens.Count > 0 ? "the session continues" : "**the session has ended**";

    private static async Task<HttpStatusCode> StatusAsync(HttpClient api, Uri url)
    {
        using var response = await api.GetAsync(url);
        return response.StatusCode;
    }
}
