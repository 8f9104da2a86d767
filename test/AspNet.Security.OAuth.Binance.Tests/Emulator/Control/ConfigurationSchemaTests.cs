using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Tests.Documentation;
using Json.Schema;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>The configuration file and its schema accept the same content.</summary>
public sealed class ConfigurationSchemaTests : ConfigurationTest
{
    private static readonly string _schemaText = Repository.Read($"{ApiDocument.Folder}/binance-emulator.schema.json");
    private static readonly JsonSchema _schema = JsonSchema.FromText(_schemaText);
    private static readonly JsonNode _schemaNode = JsonNode.Parse(_schemaText)!;
    private static readonly JsonDocumentOptions _lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static TheoryData<string> Valid =>
    [
        "{}",
        """{"$schema":"./binance-emulator.schema.json","options":{},"clients":[],"users":[],"faults":[]}""",
        """
        {
          // A comment.
          "options": {
            "port": 0, "tokenFile": "tokens.json", "allowedHosts": ["emulator", "abc.example.com", "10.0.0.1", "[::2]"], "publicUrl": "https://abc.example.com:8443",
            "autoApprove": true, "autoApproveUser": "10000000000000000000000000000001", "refreshTokenBehavior": "keep", "revocationBehavior": "revokeAccessToken",
            "denialBehavior": "stayOnPage", "lenient": true, "allowedOrigins": ["http://localhost:5300", "https://app.example"], "accessTokenLifetimeSeconds": 900.5,
            "codeLifetimeSeconds": 1, "journalCapacity": 1, "maxCodes": 1, "maxTokens": 2147483647,
          },
        }
        """,
        """{"options":{"autoApproveUser":null,"tokenFile":null,"publicUrl":null,"allowedOrigins":[],"allowedHosts":[]}}""",
        """{"clients":[{"clientId":"a","redirectUris":["HTTPS://a.example/x?y=z","com.example:/callback"],"clientSecret":null,"allowedScopes":null,"name":""}]}""",
        """{"users":[{"label":"a"},{"label":"b","email":null,"userId":null},{"label":"c","email":"c@example.com","userId":"0123456789abcdef0123456789abcdef"}]}""",
        """{"faults":[{"endpoint":"authorize","fault":"cutConnection"},{"endpoint":"page","fault":{"delaySeconds":null},"times":null}]}""",
    ];

    [Fact]
    public void The_examples_of_the_schema_are_accepted()
    {
        foreach (var example in _schemaNode["examples"]!.AsArray())
        {
            Assert.Equal("", ApiDocument.Defects(_schema, example));
            Read(example!.ToJsonString());
        }
    }

    [Theory]
    [MemberData(nameof(Valid))]
    public void A_valid_file_is_accepted_by_both(string json)
    {
        Assert.Equal("", ApiDocument.Defects(_schema, JsonNode.Parse(json, documentOptions: _lenient)));
        Read(json);
    }

    [Theory]
    [InlineData(1, "", "[]")]
    [InlineData(2, "option", "{\n\"option\":{}}")]
    [InlineData(2, "$schema", "{\n\"$schema\":1}")]
    [InlineData(2, "options", "{\n\"options\":[]}")]
    [InlineData(2, "clients", "{\n\"clients\":null}")]
    [InlineData(3, "options.autoaprove", "{\"options\":{\n\"autoApprove\":true,\n\"autoaprove\":true}}")]
    [InlineData(2, "options.port", "{\"options\":{\n\"port\":65536}}")]
    [InlineData(2, "options.port", "{\"options\":{\n\"port\":\"5210\"}}")]
    [InlineData(2, "options.port", "{\"options\":{\n\"port\":null}}")]
    [InlineData(2, "options.tokenFile", "{\"options\":{\n\"tokenFile\":\"\"}}")]
    [InlineData(3, "options.allowedHosts[1]", "{\"options\":{\"allowedHosts\":[\n\"emulator\",\n\"http://a.example\"]}}")]
    [InlineData(2, "options.allowedHosts[0]", "{\"options\":{\"allowedHosts\":[\n\"*\"]}}")]
    [InlineData(2, "options.publicUrl", "{\"options\":{\n\"publicUrl\":\"abc.example.com\"}}")]
    [InlineData(2, "options.publicUrl", "{\"options\":{\n\"publicUrl\":\"https://abc.example.com/path\"}}")]
    [InlineData(2, "options.publicUrl", "{\"options\":{\n\"publicUrl\":\"ftp://abc.example.com\"}}")]
    [InlineData(2, "options.allowedOrigins[0]", "{\"options\":{\"allowedOrigins\":[\n\"https://app.example/\"]}}")]
    [InlineData(2, "options.refreshTokenBehavior", "{\"options\":{\n\"refreshTokenBehavior\":\"rotate-and-revoke-on-reuse\"}}")]
    [InlineData(2, "options.accessTokenLifetimeSeconds", "{\"options\":{\n\"accessTokenLifetimeSeconds\":\"00:15:00\"}}")]
    [InlineData(2, "options.codeLifetimeSeconds", "{\"options\":{\n\"codeLifetimeSeconds\":0}}")]
    [InlineData(2, "options.maxTokens", "{\"options\":{\n\"maxTokens\":0}}")]
    [InlineData(3, "clients[1].clientId", "{\"clients\":[{\"clientId\":\"a\",\"redirectUris\":[\"https://a.example/\"]},\n\n{\"redirectUris\":[\"https://a.example/\"]}]}")]
    [InlineData(2, "clients[0].redirectUris", "{\"clients\":[\n{\"clientId\":\"a\"}]}")]
    [InlineData(4, "clients[0].redirectUris[1]", "{\"clients\":[{\"clientId\":\"a\",\"redirectUris\":[\n// one\n\"https://a.example/\",\n\"a.example\"]}]}")]
    [InlineData(2, "clients[0].secret", "{\"clients\":[{\"clientId\":\"a\",\"redirectUris\":[\"https://a.example/\"],\n\"secret\":\"x\"}]}")]
    [InlineData(2, "users[0].label", "{\"users\":[\n{\"email\":\"a@example.com\"}]}")]
    [InlineData(2, "users[0].userId", "{\"users\":[{\"label\":\"a\",\n\"userId\":\"alice\"}]}")]
    [InlineData(3, "faults[0].fault.status", "{\"faults\":[{\"endpoint\":\"token\",\n\"fault\":{\n\"status\":99}}]}")]
    [InlineData(2, "faults[0].endpoint", "{\"faults\":[{\n\"endpoint\":\"tokens\",\"fault\":\"halfBody\"}]}")]
    [InlineData(2, "faults[0].times", "{\"faults\":[{\"endpoint\":\"token\",\"fault\":\"halfBody\",\n\"times\":0}]}")]
    public void An_invalid_file_is_refused_by_both_with_the_line(int line, string property, string json)
    {
        Assert.NotEqual("", ApiDocument.Defects(_schema, JsonNode.Parse(json, documentOptions: _lenient)));

        AssertRefused(line, property.Length == 0 ? "Expected an object, not an array." : $"{property}: ", json);
    }

    [Fact]
    public void The_schema_and_the_reader_have_the_same_properties()
    {
        Assert.Equal(NamesThatTheReaderExpects("""{"x":1}"""), NamesIn(_schemaNode));
        Assert.Equal(NamesThatTheReaderExpects("""{"options":{"x":1}}"""), NamesIn(_schemaNode["properties"]!["options"]!));
        Assert.Equal(NamesThatTheReaderExpects("""{"clients":[{"x":1}]}"""), NamesIn(_schemaNode["$defs"]!["client"]!));
        Assert.Equal(NamesThatTheReaderExpects("""{"users":[{"x":1}]}"""), NamesIn(_schemaNode["$defs"]!["user"]!));
        Assert.Equal(NamesThatTheReaderExpects("""{"faults":[{"x":1}]}"""), NamesIn(_schemaNode["$defs"]!["pendingFault"]!));
        Assert.Equal(
            NamesThatTheReaderExpects("""{"faults":[{"endpoint":"token","fault":{"x":1}}]}""").Order(),
            _schemaNode["$defs"]!["fault"]!["oneOf"]!.AsArray().SelectMany(kind => kind!["properties"]?.AsObject().Select(property => property.Key) ?? []).Distinct().Order());
    }

    [Fact]
    public void The_file_and_the_API_have_the_same_schemas()
    {
        foreach (var (name, shape) in _schemaNode["$defs"]!.AsObject())
        {
            var inApi = ApiDocument.Root["components"]!["schemas"]![name]!.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
            Assert.Equal(shape!.ToJsonString(), inApi);
        }

        var options = _schemaNode["properties"]!["options"]!["properties"]!.AsObject();
        Assert.All(ApiDocument.Root["components"]!["schemas"]!["optionsPatch"]!["properties"]!.AsObject(), option => Assert.Equal(options[option.Key]!.ToJsonString(), option.Value!.ToJsonString()));
    }

    private static IEnumerable<string> NamesIn(JsonNode schema) => schema["properties"]!.AsObject().Select(property => property.Key);

    private string[] NamesThatTheReaderExpects(string json)
    {
        var message = Assert.Throws<InvalidDataException>(() => Read(json)).Message;
        return Regex.Match(message, @"Expected: (.*)\.$").Groups[1].Value.Split(", ");
    }
}
