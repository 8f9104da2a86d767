using System.Net;
using System.Text;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>The JSON API by HTTP: methods, bodies, status codes, access.</summary>
public sealed class JsonApiTests : EmulatorTest
{
    private JsonScript Script => new(Visitor.Http);

    [Fact]
    public async Task Health_returns_the_version()
    {
        var health = await Script.GetAsync("/health");

        Assert.Equal("ok", health.GetProperty("status").GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+", health.GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("/clients", "application/x-www-form-urlencoded")]
    [InlineData("/clients", "text/plain")]
    [InlineData("/clients", "application/jsonx")]
    [InlineData("/clients", "application/json;charset=utf-16")]
    [InlineData("/tokens", "text/plain")]
    [InlineData("/reset", "multipart/form-data")]
    public async Task A_body_with_another_content_type_is_refused(string path, string contentType)
    {
        using var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var response = await Visitor.Http.PostAsync(JsonScript.Api + path, content, Cancellation);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Contains("Content-Type: application/json", (await Visitor.JsonAsync(response)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_a_content_type_is_refused()
    {
        using var content = new ByteArrayContent("{}"u8.ToArray());

        using var response = await Visitor.Http.PostAsync(JsonScript.Api + "/clients", content, Cancellation);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_has_at_most_64_KiB(bool isChunked)
    {
        const string Start = """{"clientId":"x","redirectUris":["https://a.example/"],"name":" """;
        var whole = Start + new string('x', (64 * 1024) - Start.Length - 2) + "\"}";
        using var accepted = await Script.SendAsync("POST", "/clients", whole);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(whole + " "));
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, JsonScript.Api + "/clients") { Content = content };
        request.Headers.TransferEncodingChunked = isChunked;

        using var refused = await Visitor.Http.SendAsync(request, Cancellation);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.RequestEntityTooLarge), (accepted.StatusCode, refused.StatusCode));
        Assert.NotEmpty((await Visitor.JsonAsync(refused)).GetProperty("error").GetString()!);
    }

    [Theory]
    [InlineData("POST", "/health", "GET, HEAD")]
    [InlineData("GET", "/reset", "POST")]
    [InlineData("PATCH", "/clients", "GET, HEAD, POST")]
    [InlineData("POST", "/clients/x", "GET, HEAD, PUT, DELETE")]
    [InlineData("OPTIONS", "/options", "GET, HEAD, PATCH")]
    [InlineData("PUT", "/requests", "GET, HEAD, DELETE")]
    [InlineData("HEAD", "/tokens/expire", "POST")]
    public async Task Another_method_is_refused_with_the_allowed_ones(string method, string path, string allow)
    {
        using var response = await Script.SendAsync(method, path);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow));
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/nothing")]
    [InlineData("/clients/x/y")]
    public async Task An_unknown_path_is_not_found(string path)
    {
        using var response = await Script.SendAsync("GET", path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.NotEmpty((await Visitor.JsonAsync(response)).GetProperty("error").GetString()!);
        Assert.Empty(Emulator.Requests);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/clients")]
    [InlineData("/openapi.json")]
    [InlineData("/clients/unknown")]
    public async Task Head_is_get_without_a_body(string path)
    {
        using var get = await Script.SendAsync("GET", path);
        using var head = await Script.SendAsync("HEAD", path);

        Assert.Equal((get.StatusCode, get.Content.Headers.ContentLength, "application/json"), (head.StatusCode, head.Content.Headers.ContentLength, head.Content.Headers.ContentType!.MediaType));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task Responses_are_not_stored_and_have_a_resource_policy()
    {
        using var response = await Script.SendAsync("GET", "/tokens");

        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", response.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task The_API_is_not_in_the_journal_and_faults_and_holds_do_not_apply()
    {
        foreach (var endpoint in Enum.GetValues<EmulatorEndpoint>())
        {
            Emulator.Faults.Next(endpoint, EmulatorFault.CutConnection, int.MaxValue);
            Emulator.Faults.Hold(endpoint);
        }

        await Script.GetAsync("/clients");
        using var added = await Script.SendAsync("POST", "/users", """{"label":"New"}""");
        using var unknown = await Script.SendAsync("GET", "/clients/unknown");
        using var wrong = await Script.SendAsync("PUT", "/clients");
        using var nothing = await Script.SendAsync("GET", "/nothing");

        Assert.Equal([201, 404, 405, 404], [(int)added.StatusCode, (int)unknown.StatusCode, (int)wrong.StatusCode, (int)nothing.StatusCode]);
        Assert.Empty(Emulator.Requests);
        Assert.All(Emulator.Faults.Holds, hold => Assert.Equal(0, hold.Arrived));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: cross-site")]
    [InlineData("Sec-Fetch-Site: same-site")]
    [InlineData("Origin: https://evil.example")]
    [InlineData("Origin: null")]
    [InlineData("Host: evil.example")]
    [InlineData("X-Forwarded-For: 127.0.0.1")]
    public async Task A_page_of_another_site_is_refused(string header)
    {
        Emulator.Tokens.Issue();
        var paths = new (HttpMethod, string)[]
        {
            (HttpMethod.Get, "/tokens"), (HttpMethod.Get, "/health"), (HttpMethod.Post, "/tokens/revoke"), (HttpMethod.Post, "/reset"), (HttpMethod.Delete, "/clients/" + BinanceEmulatorDefaults.ClientId),
        };
        foreach (var (method, path) in paths)
        {
            using var response = await Visitor.Http.SendAsync(method, JsonScript.Api + path, header);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.NotEmpty((await Visitor.JsonAsync(response)).GetProperty("error").GetString()!);
        }

        Assert.Single(Emulator.Tokens.AccessTokens);
        Assert.Equal(2, Emulator.Clients.Count());
        Assert.Empty(Emulator.Requests);
    }

    [Fact]
    public async Task All_but_health_require_the_key_with_an_allowed_host()
    {
        Emulator.Options.AllowedHosts.Add("emulator");

        using var health = await Script.SendAsync("GET", "/health");
        using var refused = await Script.SendAsync("GET", "/tokens");
        using var wrong = await Visitor.Http.SendAsync(HttpMethod.Get, JsonScript.Api + "/tokens", "X-Binance-Emulator-Key: 0123456789abcdef0123456789abcdef");
        using var read = await Visitor.Http.SendAsync(HttpMethod.Get, JsonScript.Api + "/tokens", $"X-Binance-Emulator-Key: {Emulator.Options.ControlKey}");

        Assert.Equal([200, 401, 401, 200], [(int)health.StatusCode, (int)refused.StatusCode, (int)wrong.StatusCode, (int)read.StatusCode]);
    }

    [Fact]
    public async Task A_created_resource_has_a_location()
    {
        using var client = await Script.SendAsync("POST", "/clients", """{"clientId":"a b/c","redirectUris":["https://a.example/"]}""");
        using var user = await Script.SendAsync("POST", "/users", """{"label":"New"}""");
        using var hold = await Script.SendAsync("POST", "/faults/holds", """{"endpoint":"token"}""");

        Assert.Equal(JsonScript.Api + "/clients/a%20b%2Fc", client.Headers.Location!.OriginalString);
        foreach (var made in new[] { client, user, hold })
        {
            using var response = await Visitor.Http.GetAsync(made.Headers.Location, Cancellation);
            Assert.Equal(await made.Content.ReadAsStringAsync(Cancellation), await response.Content.ReadAsStringAsync(Cancellation));
        }
    }
}
