using System.Text.Json;
using System.Text.Json.Nodes;
using AspNet.Security.OAuth.Binance.Tests.Documentation;
using Json.Schema;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>The committed openapi.json.</summary>
internal static class ApiDocument
{
    public static readonly string Folder = "src/AspNet.Security.OAuth.Binance.Emulator/Control";
    public static readonly string Text = Repository.Read($"{Folder}/openapi.json");
    public static readonly JsonNode Root = JsonNode.Parse(Text)!;

    private static readonly EvaluationOptions _strict = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    /// <summary>Gets each path with each method.</summary>
    public static IEnumerable<(string Method, string Path, JsonNode Operation)> Operations =>
        from path in Root["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where operation.Key != "parameters"
        select (operation.Key.ToUpperInvariant(), path.Key, operation.Value);

    public static JsonNode Operation(string method, string path) => Operations.Single(operation => operation.Method == method && operation.Path == path).Operation;

    /// <summary>Validates a value by a schema of the document.</summary>
    /// <returns>The errors, or an empty text.</returns>
    public static string Defects(JsonNode schema, JsonNode? value)
    {
        // A JSON schema has no OpenAPI components, so that references to them are replaced.
        var alone = new JsonObject { ["$defs"] = Root["components"]!["schemas"]!.DeepClone(), ["allOf"] = new JsonArray(schema.DeepClone()) };
        return Defects(JsonSchema.FromText(alone.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal)), value);
    }

    public static string Defects(JsonSchema schema, JsonNode? value)
    {
        var results = schema.Evaluate(value, _strict);
        return results.IsValid ? "" : string.Join("; ", results.Details.Where(detail => detail.HasErrors).SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation} {error.Value}")).DefaultIfEmpty("invalid"));
    }

    public static JsonNode? Resolve(JsonNode node) => node["$ref"] is { } reference
        ? reference.GetValue<string>()[2..].Split('/').Aggregate(Root, (place, name) => place[name]!)
        : node;

    public static JsonNode? Node(JsonElement element) => JsonNode.Parse(element.GetRawText());

    /// <summary>Returns the schema of a response; <see langword="null"/> when it has no body.</summary>
    public static JsonNode? ResponseSchema(JsonNode operation, int status)
    {
        var response = operation["responses"]![$"{status}"];
        Assert.True(response is not null, $"{operation["operationId"]} does not document {status}.");
        return Resolve(response)!["content"]?["application/json"]!["schema"];
    }
}
