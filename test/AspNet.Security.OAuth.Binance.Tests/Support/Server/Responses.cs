using System.Text.Json.Nodes;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Server;

/// <summary>
/// Binance's documented responses (W4, W6, W7), and the same with one field made different.
/// </summary>
internal static class Responses
{
    public const string AccessToken = "83f2bf51-a2c4-4c2e-b7c4-46cef6a8dba5";
    public const string RefreshToken = "fb5587ee-d9cf-4cb5-a586-4aed72cc9bea";
    public const string UserId = "e10e20b7f20947e7bd206b15ce3dae90";
    public const string Email = "user@example.com";

    public const string Tokens = $$"""
        {"access_token":"{{AccessToken}}","refresh_token":"{{RefreshToken}}","scope":"read","token_type":"bearer","expires_in":30714}
        """;

    public const string User = $$"""
        {"code":"000000","message":null,"data":{"userId":"{{UserId}}","email":"{{Email}}"},"success":true}
        """;

    public const string Revoked = """{"code":"000000","message":null,"data":true,"success":true}""";

    /// <summary>The tokens with a field replaced by a piece of JSON, or without that field.</summary>
    public static string TokensWith(string field, string? json) => With(Tokens, [field], json);

    /// <summary>The user's envelope with a field replaced by a piece of JSON, or without that field.</summary>
    public static string UserWith(string field, string? json) => With(User, [field], json);

    /// <summary>The user's <c>data</c> with a field replaced by a piece of JSON, or without that field.</summary>
    public static string UserDataWith(string field, string? json) => With(User, ["data", field], json);

    private static string With(string body, string[] path, string? json)
    {
        var root = JsonNode.Parse(body)!.AsObject();
        var parent = root;
        foreach (var step in path[..^1])
        {
            parent = parent[step]!.AsObject();
        }

        parent.Remove(path[^1]);
        if (json is null)
        {
            return root.ToJsonString();
        }

        // The piece goes in as text, so that it may be anything, numbers out of range and half surrogates included.
        const string Marker = "\"the piece\"";
        parent[path[^1]] = "the piece";
        return root.ToJsonString().Replace(Marker, json, StringComparison.Ordinal);
    }
}
