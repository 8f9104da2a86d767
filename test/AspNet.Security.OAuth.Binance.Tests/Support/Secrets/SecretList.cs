using System.Collections.Concurrent;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Secrets;

/// <summary>
/// The values that must not be disclosed, in any encoding and not even in part: the secrets of the exchanged messages, and the site's cookies.
/// </summary>
internal sealed class SecretList(BinanceEmulator emulator)
{
    private readonly ConcurrentDictionary<string, string> _added = [];

    public void AddCookies(IEnumerable<SetCookieHeaderValue> cookies)
    {
        foreach (var cookie in cookies.Where(cookie => cookie.Value.Length > 1))
        {
            Add("cookie", cookie.Value.Value!);
        }
    }

    /// <summary>Adds a secret that the messages to and from the emulator do not contain.</summary>
    public void Add(string kind, string value) => _added[value] = kind;

    /// <summary>The kind of each secret, in alphabetical order.</summary>
    public IEnumerable<string> Kinds() => All().Values.Order(StringComparer.Ordinal);

    /// <summary>Every secret, with what it is.</summary>
    public IReadOnlyDictionary<string, string> All()
    {
        var all = _added.ToDictionary();
        foreach (var request in emulator.Requests)
        {
            foreach (var name in new[] { "client_secret", "code", "code_verifier", "refresh_token" })
            {
                Collect(name, request.Form[name]);
            }

            Collect("state", request.Query["state"]);
            Collect("access_token", request.Authorization?.Replace("Bearer ", "", StringComparison.Ordinal));
            if (request is { Endpoint: EmulatorEndpoint.Token, Status: 200 } && IsJson(request.ResponseBody, out var json))
            {
                Collect("access_token", Text(json, "access_token"));
                Collect("refresh_token", Text(json, "refresh_token"));
            }
        }

        return all;

        void Collect(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                all[value] = name;
            }
        }
    }

    public void AssertAbsentFrom(string text, params string[] exceptFor)
    {
        var finder = new SecretFinder(All().Where(secret => !exceptFor.Contains(secret.Value)), BinanceEmulatorDefaults.ClientId);
        foreach (var (name, before) in finder.Find(text))
        {
            Assert.Fail($"There is a {name} in clear text, after: {before}");
        }
    }

    private static bool IsJson(string body, out JsonElement json)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            json = document.RootElement.Clone();
            return json.ValueKind is JsonValueKind.Object;
        }
        catch (JsonException)
        {
            json = default;
            return false;
        }
    }

    private static string? Text(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
