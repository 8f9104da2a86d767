using System.Net;
using System.Text;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>The JSON API as an HTTP resource.</summary>
public sealed class JsonApiTests : EmulatorTest
{
    private static readonly string[] _texts = ["endpoint", "method", "path", "body", "contentType", "authorization", "accept", "userAgent", "grantType"];

    private JsonScript Script => new(Visitor.Http);

    [Fact]
    public async Task Health_says_that_it_is_there()
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
    public async Task A_body_that_is_not_sent_as_json_is_refused_with_how_to_send_it(string path, string contentType)
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
    public async Task A_wrong_method_is_refused_with_the_right_ones(string method, string path, string allow)
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
    public async Task Responses_are_not_stored_and_not_for_other_sites()
    {
        using var response = await Script.SendAsync("GET", "/tokens");

        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", response.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task What_was_made_has_an_address()
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

    [Fact]
    public async Task A_user_without_an_id_gets_one()
    {
        using var response = await Script.SendAsync("POST", "/users", """{"label":"New","email":"new@example.com"}""");

        var id = (await Visitor.JsonAsync(response)).GetProperty("userId").GetString()!;
        Assert.Matches("^[0-9a-f]{32}$", id);
        await Visitor.SignInAsync(("emulator_user", id));
    }

    [Fact]
    public async Task The_api_is_not_in_the_journal_and_meets_no_faults_and_no_holds()
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

    [Fact]
    public async Task Options_are_changed_all_or_none()
    {
        var before = (await Script.GetAsync("/options")).GetRawText();

        using var response = await Script.SendAsync("PATCH", "/options", """{"autoApprove":true,"allowedOrigins":["https://a.example"],"maxTokens":5,"maxCodes":0}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(before, (await Script.GetAsync("/options")).GetRawText());
    }

    [Fact]
    public async Task The_newest_requests_are_shown_and_all_are_counted()
    {
        foreach (var token in (string[])["first", "second", "third"])
        {
            using var refused = await Visitor.RefreshAsync(token);
        }

        var json = await Script.GetAsync("/requests?limit=2");

        Assert.Equal(3, json.GetProperty("count").GetInt32());
        Assert.Equal(["second", "third"], json.GetProperty("requests").EnumerateArray().Select(request => request.GetProperty("form").GetProperty("refresh_token")[0].GetString()));
        Assert.Equal(0, (await Script.GetAsync("/requests?limit=0")).GetProperty("requests").GetArrayLength());
    }

    [Fact]
    public async Task A_request_is_shown_whole()
    {
        using var content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("a", "1"), new("a", "2")]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token?x=%20y") { Content = content };
        request.Headers.Add("Accept", "application/json");
        request.Headers.Add("User-Agent", "agent/1");
        request.Headers.Add("Authorization", "Bearer token");
        using var response = await Visitor.Http.SendAsync(request, Cancellation);

        var shown = (await Script.GetAsync("/requests")).GetProperty("requests")[0];

        Assert.Equal(
            ["token", "POST", "/oauth/token", "grant_type=refresh_token&a=1&a=2", "application/x-www-form-urlencoded", "Bearer token", "application/json", "agent/1", "refresh_token"],
            _texts.Select(name => shown.GetProperty(name).GetString()));
        Assert.Equal("""{"x":[" y"]}""", shown.GetProperty("query").GetRawText());
        Assert.Equal("""{"grant_type":["refresh_token"],"a":["1","2"]}""", shown.GetProperty("form").GetRawText());
        Assert.Equal((int)response.StatusCode, shown.GetProperty("status").GetInt32());
        Assert.Equal(await response.Content.ReadAsStringAsync(Cancellation), shown.GetProperty("responseBody").GetString());
        Assert.EndsWith("Z", shown.GetProperty("time").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status", 1)]
    [InlineData("STATUS 503", 1)]
    [InlineData("Status 502", 0)]
    [InlineData("HalfBody", 0)]
    public async Task Faults_are_found_by_kind_or_whole_and_without_case(string fault, int count)
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503));
        using var unavailable = await Visitor.UserInfoAsync(null);
        using var unauthorized = await Visitor.UserInfoAsync(null);

        Assert.Equal(count, (await Script.GetAsync($"/requests?fault={Uri.EscapeDataString(fault)}")).GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("\"cutConnection\"")]
    [InlineData("\"halfBody\"")]
    [InlineData("\"endlessBody\"")]
    [InlineData("\"invalidGrant\"")]
    [InlineData("\"firewallChallenge\"")]
    [InlineData("""{"status":503}""")]
    [InlineData("""{"body":"<&ü>","status":200,"contentType":"text/html"}""")]
    [InlineData("""{"apiError":{"code":"117041","message":null}}""")]
    [InlineData("""{"delaySeconds":0.25}""")]
    [InlineData("""{"delaySeconds":null}""")]
    [InlineData("""{"dripSeconds":0}""")]
    [InlineData("""{"dripSeconds":null}""")]
    [InlineData("""{"redirect":"/relative"}""")]
    [InlineData("""{"redirect":"https://example.com/?a=b&c"}""")]
    public async Task A_pending_fault_is_shown_as_it_was_added(string fault)
    {
        var body = $$"""{"endpoint":"userInfo","fault":{{fault}},"times":null}""";
        using var response = await Script.SendAsync("POST", "/faults", body);

        Assert.Equal(body, await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal($$"""{"pending":[{{body}}],"holds":[]}""", (await Script.GetAsync("/faults")).GetRawText());
    }

    [Fact]
    public async Task A_wait_that_is_too_long_says_how_far_it_came()
    {
        using var first = await Visitor.UserInfoAsync(null);
        var hold = Emulator.Faults.Hold(EmulatorEndpoint.Token);

        using var requests = await Script.SendAsync("GET", "/requests/wait?endpoint=userInfo&count=2&timeoutSeconds=0.01");
        using var calls = await Script.SendAsync("GET", $"/faults/holds/{hold.Id}?arrived=3&timeoutSeconds=0");

        Assert.Equal((HttpStatusCode.RequestTimeout, HttpStatusCode.RequestTimeout), (requests.StatusCode, calls.StatusCode));
        Assert.Contains("Of 2 requests that match, 1 have arrived", (await Visitor.JsonAsync(requests)).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("Of 3 calls, 0 have arrived", (await Visitor.JsonAsync(calls)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_released_hold_is_not_found()
    {
        var hold = Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var released = await Script.SendAsync("DELETE", $"/faults/holds/{hold.Id}");

        using var again = await Script.SendAsync("DELETE", $"/faults/holds/{hold.Id}");
        using var read = await Script.SendAsync("GET", $"/faults/holds/{hold.Id}");

        Assert.Equal([204, 404, 404], [(int)released.StatusCode, (int)again.StatusCode, (int)read.StatusCode]);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: cross-site")]
    [InlineData("Sec-Fetch-Site: same-site")]
    [InlineData("Origin: https://evil.example")]
    [InlineData("Origin: null")]
    [InlineData("Host: evil.example")]
    [InlineData("X-Forwarded-For: 127.0.0.1")]
    public async Task A_page_of_another_site_can_neither_read_nor_change_anything(string header)
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
    public async Task The_key_is_needed_by_all_but_health_while_other_machines_are_let_in()
    {
        Emulator.Options.AllowedHosts.Add("emulator");

        using var health = await Script.SendAsync("GET", "/health");
        using var refused = await Script.SendAsync("GET", "/tokens");
        using var wrong = await Visitor.Http.SendAsync(HttpMethod.Get, JsonScript.Api + "/tokens", "X-Binance-Emulator-Key: 0123456789abcdef0123456789abcdef");
        using var read = await Visitor.Http.SendAsync(HttpMethod.Get, JsonScript.Api + "/tokens", $"X-Binance-Emulator-Key: {Emulator.Options.ControlKey}");

        Assert.Equal([200, 401, 401, 200], [(int)health.StatusCode, (int)refused.StatusCode, (int)wrong.StatusCode, (int)read.StatusCode]);
    }
}
