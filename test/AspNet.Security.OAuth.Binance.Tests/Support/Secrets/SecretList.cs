using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;

using Microsoft.Extensions.Logging.Testing;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Secrets;

/// <summary>
/// The values that must not be disclosed, in any encoding and not even in part: the secrets of the exchanged messages, and the site's cookies.
/// </summary>
internal sealed class SecretList(BinanceEmulator emulator)
{
    // The host's own line for each request, and the one for an error in it, name the URL that the browser opened. What is in there
    // (a code that is spent, a state) is the browser's doing, and whether it is logged the application's.
    private const string AccessLog = "Microsoft.AspNetCore.Hosting.Diagnostics";

    // At Trace, the factory of HTTP clients redacts the headers in its messages and passes them to structured loggers unchanged. That is
    // so for each header that a message handler sets.
    private const string HeaderLog = "System.Net.Http.HttpClient.";

    private readonly ConcurrentDictionary<string, string> _cookies = [];

    public void AddCookies(IEnumerable<SetCookieHeaderValue> cookies)
    {
        foreach (var cookie in cookies.Where(cookie => cookie.Value.Length > 1))
        {
            _cookies[cookie.Value.Value!] = "cookie";
        }
    }

    /// <summary>Every secret, with what it is.</summary>
    public IReadOnlyDictionary<string, string> All()
    {
        var all = _cookies.ToDictionary();
        foreach (var request in emulator.Requests)
        {
            foreach (var name in new[] { "client_secret", "code", "code_verifier", "refresh_token" })
            {
                Add(name, request.Form[name]);
            }

            Add("state", request.Query["state"]);
            Add("access_token", request.Authorization?.Replace("Bearer ", "", StringComparison.Ordinal));
            if (request is { Endpoint: EmulatorEndpoint.Token, Status: 200 } && IsJson(request.ResponseBody, out var json))
            {
                Add("access_token", Text(json, "access_token"));
                Add("refresh_token", Text(json, "refresh_token"));
            }
        }

        return all;

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                all[value] = name;
            }
        }
    }

    public void AssertAbsentFrom(IEnumerable<FakeLogRecord> logs)
    {
        var (text, access) = (new StringBuilder(), new StringBuilder());
        foreach (var record in logs)
        {
            var lines = record.Category == AccessLog ? access : text;
            lines.Append(record.Message).AppendJoin(' ', record.Scopes).Append(record.Exception).AppendLine();
            if (!record.Category!.StartsWith(HeaderLog, StringComparison.Ordinal))
            {
                lines.AppendJoin(' ', record.StructuredState ?? []).AppendLine();
            }
        }

        AssertAbsentFrom(text.ToString());
        AssertAbsentFrom(access.ToString(), exceptFor: ["code", "state"]);
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
