using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Documentation;
using Json.Schema;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>The configuration file, read by the emulator and checked by its schema.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private static readonly string _schemaText = Repository.Read($"{ApiDocument.Folder}/binance-emulator.schema.json");
    private static readonly JsonSchema _schema = JsonSchema.FromText(_schemaText);
    private static readonly JsonNode _schemaNode = JsonNode.Parse(_schemaText)!;
    private static readonly JsonDocumentOptions _lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly string _folder = Directory.CreateTempSubdirectory("binance-emulator-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

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
    public void The_schemas_examples_are_accepted()
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
    public void A_wrong_file_is_refused_by_both_with_the_line_and_what_is_expected(int line, string property, string json)
    {
        Assert.NotEqual("", ApiDocument.Defects(_schema, JsonNode.Parse(json, documentOptions: _lenient)));

        AssertRefused(line, property.Length == 0 ? "Expected an object, not an array." : $"{property}: ", json);
    }

    [Theory]
    [InlineData(2, "clients[1].clientId: 'a' is there already.", """{"clients":[{"clientId":"a","redirectUris":["https://a.example/"]},{%"clientId":"a","redirectUris":["https://a.example/"]}]}""")]
    [InlineData(2, "users[1].userId: ", """{"users":[{"label":"a","userId":"0123456789abcdef0123456789abcdef"},{"label":"a",%"userId":"0123456789abcdef0123456789abcdef"}]}""")]
    [InlineData(2, "options.allowedOrigins[0]: ", """{"options":{"allowedOrigins":[%"https://app.example:443"]}}""")]
    [InlineData(3, "options.port: It is there twice.", """{"options":{%"port":1,%"port":2}}""")]
    [InlineData(2, "faults[0].fault.status: It is there twice.", """{"faults":[{"endpoint":"token","fault":{"status":500,%"status":503}}]}""")]
    [InlineData(3, "", """{%"options":{}%"clients":[]}""")]
    [InlineData(2, "users[0].label: It is no Unicode text", """{"users":[{%"label":"\ud800"}]}""")]
    [InlineData(2, "users[0]: The name of a property is no Unicode text", """{"users":[%{"\ud800":1}]}""")]
    [InlineData(1, "The name of a property is no Unicode text", """{"\ud800":1}""")]
    [InlineData(1, "", "")]
    [InlineData(1, "", "port = 5210")]
    public void What_no_schema_can_say_is_refused_too(int line, string words, string json)
        => AssertRefused(line, words, json.Replace('%', '\n'));

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
    public void The_file_and_the_api_have_the_same_shapes()
    {
        foreach (var (name, shape) in _schemaNode["$defs"]!.AsObject())
        {
            var inApi = ApiDocument.Root["components"]!["schemas"]![name]!.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
            Assert.Equal(shape!.ToJsonString(), inApi);
        }

        var options = _schemaNode["properties"]!["options"]!["properties"]!.AsObject();
        Assert.All(ApiDocument.Root["components"]!["schemas"]!["optionsPatch"]!["properties"]!.AsObject(), option => Assert.Equal(options[option.Key]!.ToJsonString(), option.Value!.ToJsonString()));
    }

    [Fact]
    public async Task What_the_file_says_is_so()
    {
        var path = Write(
            """
            {
              "options": { "accessTokenLifetimeSeconds": 900, "refreshTokenBehavior": "keep", "allowedOrigins": ["https://app.example"], "publicUrl": "https://abc.example.com", "tokenFile": "tokens.json" },
              "clients": [{ "clientId": "shop", "clientSecret": "secret", "redirectUris": ["https://shop.example/signin"] }],
              "users": [{ "userId": "0123456789abcdef0123456789abcdef", "label": "Alice" }],
              "faults": [{ "endpoint": "token", "fault": { "status": 503 } }]
            }
            """);
        await using var emulator = await BinanceEmulator.StartAsync(options => options.ReadConfiguration(path), Cancellation);
        using var visitor = new Visitor(emulator);
        (string, string?)[] shop = [("client_id", "shop"), ("client_secret", "secret"), ("redirect_uri", "https://shop.example/signin"), ("emulator_user", "0123456789abcdef0123456789abcdef")];
        var code = await visitor.GetCodeAsync(shop);

        using var unavailable = await visitor.RedeemAsync(code, shop);
        using var redeemed = await visitor.RedeemAsync(code, shop);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, unavailable.StatusCode);
        Assert.Equal(900, (await Visitor.JsonAsync(redeemed)).GetProperty("expires_in").GetInt32());
        Assert.Equal(("shop", "Alice"), (emulator.Clients.Single().ClientId, emulator.Users.Single().Label));
        Assert.Equal((RefreshTokenBehavior.Keep, "https://app.example", "https://abc.example.com/"), (emulator.Options.RefreshTokenBehavior, emulator.Options.AllowedOrigins.Single(), emulator.Options.PublicUrl!.AbsoluteUri));
        Assert.True(File.Exists(Path.Combine(_folder, "tokens.json")));
    }

    [Fact]
    public async Task A_reset_brings_back_what_the_file_said()
    {
        var path = Write("""{"options":{"autoApprove":true},"users":[{"label":"Alice"}],"faults":[{"endpoint":"userInfo","fault":{"status":503}}]}""");
        await using var emulator = await BinanceEmulator.StartAsync(options => options.ReadConfiguration(path), Cancellation);
        using var visitor = new Visitor(emulator);
        using var first = await visitor.UserInfoAsync(null);
        emulator.Users.Clear();
        emulator.Options.AutoApprove = false;

        emulator.Reset();

        using var again = await visitor.UserInfoAsync(null);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), (first.StatusCode, again.StatusCode));
        Assert.Equal(("Alice", true), (emulator.Users.Single().Label, emulator.Options.AutoApprove));
        Assert.Equal(2, emulator.Clients.Count());
    }

    [Fact]
    public void Assignments_after_the_file_win_and_what_it_leaves_out_stays()
    {
        var options = new BinanceEmulatorOptions { Port = 1, MaxCodes = 7 };

        options.ReadConfiguration(Write("""{"options":{"port":2,"maxTokens":8}}"""));
        Assert.Equal((2, 7, 8), (options.Port, options.MaxCodes, options.MaxTokens));
        options.Port = 3;

        Assert.Equal(3, options.Port);
    }

    [Fact]
    public async Task A_file_that_is_refused_changes_nothing()
    {
        var path = Write("""{"options":{"autoApprove":true},"clients":[],"users":[{"label":""}]}""");
        await using var emulator = await BinanceEmulator.StartAsync(
            options => Assert.Throws<InvalidDataException>(() => options.ReadConfiguration(path)),
            Cancellation);

        Assert.False(emulator.Options.AutoApprove);
        Assert.Equal((2, 3), (emulator.Clients.Count(), emulator.Users.Count()));
    }

    [Fact]
    public void An_applications_own_emulator_reads_it_too()
    {
        var path = Write("""{"users":[{"label":"Alice"}]}""");
        var services = new ServiceCollection();

        services.AddBinanceEmulator(options => options.ReadConfiguration(path));

        using var provider = services.BuildServiceProvider();
        Assert.Equal("Alice", provider.GetRequiredService<BinanceEmulator>().Users.Single().Label);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var path = Path.Combine(_folder, "missing.json");

        Assert.Contains(path, Assert.Throws<FileNotFoundException>(() => new BinanceEmulatorOptions().ReadConfiguration(path)).Message, StringComparison.Ordinal);
        Assert.Contains(_folder, Assert.Throws<IOException>(() => new BinanceEmulatorOptions().ReadConfiguration(_folder)).Message, StringComparison.Ordinal);
        Assert.Contains("nowhere", Assert.ThrowsAny<IOException>(() => new BinanceEmulatorOptions().ReadConfiguration(Path.Combine(_folder, "nowhere", "x.json"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_no_defect()
    {
        var path = Path.Combine(_folder, "mark.json");
        File.WriteAllText(path, """{"options":{"maxCodes":5}}""", System.Text.Encoding.UTF8);
        var options = new BinanceEmulatorOptions();

        options.ReadConfiguration(path);

        Assert.Equal(5, options.MaxCodes);
    }

    [Fact]
    public void A_file_in_another_encoding_is_refused_with_the_line()
    {
        var path = Path.Combine(_folder, "latin.json");
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes("{\"users\":[\n{\"label\":\"José\"}]}"));

        var message = Assert.Throws<InvalidDataException>(() => new BinanceEmulatorOptions().ReadConfiguration(path)).Message;

        Assert.Equal($"The configuration file {path} is refused, line 2: It is not in UTF-8.", message);
    }

    // Half a minute, when each entry counts the lines before it.
    [Fact]
    public void The_line_of_an_entry_after_many_is_found_in_linear_time()
    {
        const int Count = 120_000;
        var json = $"{{\"users\":[{string.Concat(Enumerable.Repeat("{\"label\":\"a user with a name\"},\n", Count))}{{\"label\":\"\"}}]}}";
        var time = Stopwatch.StartNew();

        AssertRefused(Count + 1, $"users[{Count}].label: ", json);

        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<string> NamesIn(JsonNode schema) => schema["properties"]!.AsObject().Select(property => property.Key);

    private string[] NamesThatTheReaderExpects(string json)
    {
        var message = Assert.Throws<InvalidDataException>(() => Read(json)).Message;
        return Regex.Match(message, @"Expected: (.*)\.$").Groups[1].Value.Split(", ");
    }

    private void AssertRefused(int line, string words, string json)
    {
        var path = Write(json);

        var message = Assert.Throws<InvalidDataException>(() => new BinanceEmulatorOptions().ReadConfiguration(path)).Message;

        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"The configuration file {path} is refused, line {line}: {words}"), message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", message, StringComparison.Ordinal);
    }

    private void Read(string json) => new BinanceEmulatorOptions().ReadConfiguration(Write(json));

    private string Write(string json)
    {
        var path = Path.Combine(_folder, "emulator.json");
        File.WriteAllText(path, json);
        return path;
    }
}
