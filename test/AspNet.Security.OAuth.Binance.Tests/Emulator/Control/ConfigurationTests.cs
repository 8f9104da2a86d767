using System.Diagnostics;
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>The configuration file.</summary>
public sealed class ConfigurationTests : ConfigurationTest
{
    [Theory]
    [InlineData(2, "clients[1].clientId: 'a' exists already.", """{"clients":[{"clientId":"a","redirectUris":["https://a.example/"]},{%"clientId":"a","redirectUris":["https://a.example/"]}]}""")]
    [InlineData(2, "users[1].userId: ", """{"users":[{"label":"a","userId":"0123456789abcdef0123456789abcdef"},{"label":"a",%"userId":"0123456789abcdef0123456789abcdef"}]}""")]
    [InlineData(2, "options.allowedOrigins[0]: ", """{"options":{"allowedOrigins":[%"https://app.example:443"]}}""")]
    [InlineData(3, "options.port: It is repeated.", """{"options":{%"port":1,%"port":2}}""")]
    [InlineData(2, "faults[0].fault.status: It is repeated.", """{"faults":[{"endpoint":"token","fault":{"status":500,%"status":503}}]}""")]
    [InlineData(3, "", """{%"options":{}%"clients":[]}""")]
    [InlineData(2, "users[0].label: It is not valid Unicode", """{"users":[{%"label":"\ud800"}]}""")]
    [InlineData(2, "users[0]: The name of a property is not valid Unicode", """{"users":[%{"\ud800":1}]}""")]
    [InlineData(1, "The name of a property is not valid Unicode", """{"\ud800":1}""")]
    [InlineData(1, "", "")]
    [InlineData(1, "", "port = 5210")]
    public void Errors_beyond_the_schema_are_refused_with_the_line(int line, string words, string json)
        => AssertRefused(line, words, json.Replace('%', '\n'));

    [Fact]
    public async Task The_content_of_the_file_is_applied()
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
        Assert.True(File.Exists(Path.Combine(Folder, "tokens.json")));
    }

    [Fact]
    public async Task A_reset_restores_the_content_of_the_file()
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
    public void Later_assignments_take_precedence_and_omitted_options_do_not_change()
    {
        var options = new BinanceEmulatorOptions { Port = 1, MaxCodes = 7 };

        options.ReadConfiguration(Write("""{"options":{"port":2,"maxTokens":8}}"""));
        Assert.Equal((2, 7, 8), (options.Port, options.MaxCodes, options.MaxTokens));
        options.Port = 3;

        Assert.Equal(3, options.Port);
    }

    [Fact]
    public async Task An_invalid_file_changes_nothing()
    {
        var path = Write("""{"options":{"autoApprove":true},"clients":[],"users":[{"label":""}]}""");
        await using var emulator = await BinanceEmulator.StartAsync(
            options => Assert.Throws<InvalidDataException>(() => options.ReadConfiguration(path)),
            Cancellation);

        Assert.False(emulator.Options.AutoApprove);
        Assert.Equal((2, 3), (emulator.Clients.Count(), emulator.Users.Count()));
    }

    [Fact]
    public void An_applications_emulator_reads_a_file_too()
    {
        var path = Write("""{"users":[{"label":"Alice"}]}""");
        var services = new ServiceCollection();

        services.AddBinanceEmulator(options => options.ReadConfiguration(path));

        using var provider = services.BuildServiceProvider();
        Assert.Equal("Alice", provider.GetRequiredService<BinanceEmulator>().Users.Single().Label);
    }

    [Fact]
    public void A_missing_file_throws_with_its_path()
    {
        var path = Path.Combine(Folder, "missing.json");

        Assert.Contains(path, Assert.Throws<FileNotFoundException>(() => new BinanceEmulatorOptions().ReadConfiguration(path)).Message, StringComparison.Ordinal);
        Assert.Contains(Folder, Assert.Throws<IOException>(() => new BinanceEmulatorOptions().ReadConfiguration(Folder)).Message, StringComparison.Ordinal);
        Assert.Contains("nowhere", Assert.ThrowsAny<IOException>(() => new BinanceEmulatorOptions().ReadConfiguration(Path.Combine(Folder, "nowhere", "x.json"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_accepted()
    {
        var path = Path.Combine(Folder, "mark.json");
        File.WriteAllText(path, """{"options":{"maxCodes":5}}""", System.Text.Encoding.UTF8);
        var options = new BinanceEmulatorOptions();

        options.ReadConfiguration(path);

        Assert.Equal(5, options.MaxCodes);
    }

    [Fact]
    public void A_file_in_another_encoding_is_refused_with_the_line()
    {
        var path = Path.Combine(Folder, "latin.json");
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes("{\"users\":[\n{\"label\":\"José\"}]}"));

        var message = Assert.Throws<InvalidDataException>(() => new BinanceEmulatorOptions().ReadConfiguration(path)).Message;

        Assert.Equal($"The configuration file {path} is refused, line 2: It is not in UTF-8.", message);
    }

    // Quadratic time would be half a minute.
    [Fact]
    public void The_line_of_an_error_is_found_in_linear_time()
    {
        const int Count = 120_000;
        var json = $"{{\"users\":[{string.Concat(Enumerable.Repeat("{\"label\":\"a user with a name\"},\n", Count))}{{\"label\":\"\"}}]}}";
        var time = Stopwatch.StartNew();

        AssertRefused(Count + 1, $"users[{Count}].label: ", json);

        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
