using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>The JSON API by HTTP, as in any other language.</summary>
internal sealed class JsonScript(HttpClient http, string prefix = "") : Script
{
    public const string Api = "/emulator/api/v1";

    public async Task<HttpResponseMessage> SendAsync(string method, string path, string? json = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), prefix + Api + path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, contentType);
        }

        return await http.SendAsync(request, Cancellation);
    }

    public override Task ResetAsync() => DoAsync("POST", "/reset");

    public override async Task<IReadOnlyList<EmulatorClient>> ClientsAsync() => [.. (await GetAsync("/clients")).EnumerateArray().Select(client => new EmulatorClient
    {
        ClientId = Text(client, "clientId")!,
        ClientSecret = Text(client, "clientSecret"),
        Name = Text(client, "name")!,
        RedirectUris = Texts(client, "redirectUris")!,
        AllowAnyLoopbackPort = client.GetProperty("allowAnyLoopbackPort").GetBoolean(),
        AllowedScopes = Texts(client, "allowedScopes"),
    })];

    public override Task<bool> HasClientAsync(string clientId) => IsThereAsync("GET", $"/clients/{Uri.EscapeDataString(clientId)}");

    public override Task AddAsync(EmulatorClient client) => DoAsync("POST", "/clients", Json(client));

    public override Task<bool> UpdateAsync(EmulatorClient client) => IsThereAsync("PUT", $"/clients/{Uri.EscapeDataString(client.ClientId)}", Json(client));

    public override Task<bool> RemoveClientAsync(string clientId) => IsThereAsync("DELETE", $"/clients/{Uri.EscapeDataString(clientId)}");

    public override async Task<IReadOnlyList<EmulatorUser>> UsersAsync() => [.. (await GetAsync("/users")).EnumerateArray().Select(user => new EmulatorUser
    {
        UserId = Text(user, "userId")!,
        Email = Text(user, "email"),
        Label = Text(user, "label")!,
    })];

    public override Task<bool> HasUserAsync(string userId) => IsThereAsync("GET", $"/users/{userId}");

    public override Task AddAsync(EmulatorUser user) => DoAsync("POST", "/users", Json(user));

    public override Task<bool> UpdateAsync(EmulatorUser user) => IsThereAsync("PUT", $"/users/{user.UserId}", Json(user));

    public override Task<bool> RemoveUserAsync(string userId) => IsThereAsync("DELETE", $"/users/{userId}");

    public override async Task<(string AccessToken, string RefreshToken)> IssueAsync(string? clientId, string? userId, IReadOnlyList<string>? scopes)
    {
        // Without parameters there is no body.
        var body = clientId is null && userId is null && scopes is null
            ? null
            : new JsonObject { ["clientId"] = clientId, ["userId"] = userId, ["scopes"] = Array(scopes) };
        var issued = await DoAsync("POST", "/tokens", body);
        return (Text(issued, "accessToken")!, Text(issued, "refreshToken")!);
    }

    public override async Task<IReadOnlyList<EmulatorToken>> AccessTokensAsync() => Tokens((await GetAsync("/tokens")).GetProperty("accessTokens"));

    public override async Task<IReadOnlyList<EmulatorToken>> RefreshTokensAsync() => Tokens((await GetAsync("/tokens")).GetProperty("refreshTokens"));

    public override async Task<int> ExpireAsync() => (await DoAsync("POST", "/tokens/expire")).GetProperty("expired").GetInt32();

    public override Task<bool> RevokeAsync(string token) => IsThereAsync("POST", "/tokens/revoke", new JsonObject { ["token"] = token });

    public override async Task<int> RevokeAllAsync() => (await DoAsync("POST", "/tokens/revoke")).GetProperty("revoked").GetInt32();

    public override Task<bool> CreateApiKeyAsync(string token) => IsThereAsync("POST", "/tokens/api-key", new JsonObject { ["token"] = token });

    public override async Task<IReadOnlyList<SeenRequest>> RequestsAsync(RequestMatch match)
    {
        var json = await GetAsync("/requests" + Query(match));
        Assert.Equal(json.GetProperty("count").GetInt32(), json.GetProperty("requests").GetArrayLength());
        return [.. json.GetProperty("requests").EnumerateArray().Select(Seen)];
    }

    public override async Task<SeenRequest> WaitForAsync(RequestMatch match, int count)
        => Seen(await GetAsync(QueryHelpers.AddQueryString("/requests/wait" + Query(match), new Dictionary<string, string?> { ["count"] = $"{count}", ["timeoutSeconds"] = "60" })));

    public override Task ClearRequestsAsync() => DoAsync("DELETE", "/requests");

    public override Task NextAsync(EmulatorEndpoint endpoint, FaultInBoth fault, int? times)
    {
        var body = new JsonObject { ["endpoint"] = Name(endpoint), ["fault"] = JsonNode.Parse(fault.Json) };
        if (times != 1)
        {
            body["times"] = times;
        }

        return DoAsync("POST", "/faults", body);
    }

    public override async Task<IReadOnlyList<(EmulatorEndpoint Endpoint, int? Times)>> PendingAsync()
        => [.. (await GetAsync("/faults")).GetProperty("pending").EnumerateArray().Select(fault => (Endpoint(fault), fault.GetProperty("times").Deserialize<int?>()))];

    public override async Task<IScriptedHold> HoldAsync(EmulatorEndpoint endpoint)
        => new Hold(this, Text(await DoAsync("POST", "/faults/holds", new JsonObject { ["endpoint"] = Name(endpoint) }), "id")!);

    public override async Task<IReadOnlyList<(string Id, EmulatorEndpoint Endpoint, int Arrived)>> HoldsAsync()
        => [.. (await GetAsync("/faults")).GetProperty("holds").EnumerateArray().Select(hold => (Text(hold, "id")!, Endpoint(hold), hold.GetProperty("arrived").GetInt32()))];

    public override Task ClearFaultsAsync() => DoAsync("DELETE", "/faults");

    public override async Task<(DateTimeOffset Now, TimeSpan Offset)> ClockAsync()
    {
        var clock = await GetAsync("/clock");
        return (clock.GetProperty("now").GetDateTimeOffset(), TimeSpan.FromSeconds(clock.GetProperty("offsetSeconds").GetDouble()));
    }

    public override Task AdvanceAsync(TimeSpan by) => DoAsync("POST", "/clock/advance", new JsonObject { ["seconds"] = by.TotalSeconds });

    public override Task SetAsync(DateTimeOffset now) => DoAsync("POST", "/clock/set", new JsonObject { ["now"] = now.ToString("O", CultureInfo.InvariantCulture) });

    public override Task ChangeAsync(Action<BinanceEmulatorOptions> code, string json) => DoAsync("PATCH", "/options", JsonNode.Parse(json));

    public async Task<JsonElement> GetAsync(string path) => await DoAsync("GET", path);

    private static string Name(EmulatorEndpoint endpoint) => JsonNamingPolicy.CamelCase.ConvertName($"{endpoint}");

    private static EmulatorEndpoint Endpoint(JsonElement element) => Enum.Parse<EmulatorEndpoint>(Text(element, "endpoint")!, ignoreCase: true);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static string[]? Texts(JsonElement element, string name) => element.GetProperty(name).Deserialize<string[]>();

    private static JsonArray? Array(IEnumerable<string>? texts) => texts is null ? null : [.. texts];

    private static JsonObject Json(EmulatorClient client) => new()
    {
        ["clientId"] = client.ClientId,
        ["clientSecret"] = client.ClientSecret,
        ["name"] = client.Name,
        ["redirectUris"] = Array(client.RedirectUris),
        ["allowAnyLoopbackPort"] = client.AllowAnyLoopbackPort,
        ["allowedScopes"] = Array(client.AllowedScopes),
    };

    private static JsonObject Json(EmulatorUser user) => new() { ["userId"] = user.UserId, ["email"] = user.Email, ["label"] = user.Label };

    private static IReadOnlyList<EmulatorToken> Tokens(JsonElement tokens) => [.. tokens.EnumerateArray().Select(token => new EmulatorToken(
        Text(token, "value")!,
        Text(token, "clientId")!,
        Text(token, "userId")!,
        Texts(token, "scopes")!,
        token.GetProperty("issuedAt").GetDateTimeOffset(),
        token.TryGetProperty("expiresAt", out var expiry) ? expiry.GetDateTimeOffset() : null,
        Text(token, "grantId")!))];

    private static string Query(RequestMatch match)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["endpoint"] = match.Endpoint is { } endpoint ? Name(endpoint) : null,
            ["method"] = match.Method,
            ["path"] = match.Path,
            ["grantType"] = match.GrantType,
            ["clientId"] = match.ClientId,
            ["grantId"] = match.GrantId,
            ["status"] = match.Status?.ToString(CultureInfo.InvariantCulture),
            ["fault"] = match.Fault,
        };
        return QueryHelpers.AddQueryString("", parameters.Where(parameter => parameter.Value is not null));
    }

    private static SeenRequest Seen(JsonElement request) => new(
        Endpoint(request),
        Text(request, "method")!,
        Text(request, "path")!,
        Text(request, "grantType"),
        request.GetProperty("status").GetInt32(),
        Text(request, "fault"),
        First(request.GetProperty("query"), "state"),
        First(request.GetProperty("form"), "refresh_token"),
        Text(request, "grantId"),
        Text(request, "location"),
        request.GetProperty("refusal") is { ValueKind: JsonValueKind.Object } refusal ? (Text(refusal, "rule")!, Text(refusal, "expected"), Text(refusal, "actual")) : null);

    private static string? First(JsonElement parameters, string name) => parameters.TryGetProperty(name, out var values) ? values[0].GetString() : null;

    private async Task<bool> IsThereAsync(string method, string path, JsonNode? body = null)
    {
        using var response = await SendAsync(method, path, body?.ToJsonString());
        if (response.StatusCode != HttpStatusCode.NotFound)
        {
            await AssertSuccessAsync(response);
        }

        return response.IsSuccessStatusCode;
    }

    private async Task<JsonElement> DoAsync(string method, string path, JsonNode? body = null)
    {
        using var response = await SendAsync(method, path, body?.ToJsonString());
        await AssertSuccessAsync(response);
        return response.StatusCode == HttpStatusCode.NoContent ? default : await Visitor.JsonAsync(response);
    }

    private static async Task AssertSuccessAsync(HttpResponseMessage response)
        => Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancellation)}");

    private sealed class Hold(JsonScript script, string id) : IScriptedHold
    {
        public string Id => id;

        public Task WaitForCallsAsync(int count) => script.GetAsync($"/faults/holds/{id}?arrived={count}&timeoutSeconds=60");

        public Task ReleaseAsync() => script.DoAsync("DELETE", $"/faults/holds/{id}");
    }
}
