using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>The JSON of the resources.</summary>
public sealed class JsonApiContentTests : EmulatorTest
{
    private static readonly string[] _texts = ["endpoint", "method", "path", "body", "contentType", "authorization", "accept", "userAgent", "grantType"];

    private JsonScript Script => new(Visitor.Http);

    [Fact]
    public async Task A_user_without_an_id_gets_a_random_one()
    {
        using var response = await Script.SendAsync("POST", "/users", """{"label":"New","email":"new@example.com"}""");

        var id = (await Visitor.JsonAsync(response)).GetProperty("userId").GetString()!;
        Assert.Matches("^[0-9a-f]{32}$", id);
        await Visitor.SignInAsync(("emulator_user", id));
    }

    [Fact]
    public async Task A_change_of_options_is_atomic()
    {
        var before = (await Script.GetAsync("/options")).GetRawText();

        using var response = await Script.SendAsync("PATCH", "/options", """{"autoApprove":true,"allowedOrigins":["https://a.example"],"maxTokens":5,"maxCodes":0}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(before, (await Script.GetAsync("/options")).GetRawText());
    }

    [Fact]
    public async Task The_limit_returns_the_newest_requests_and_counts_all()
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
    public async Task A_request_has_all_properties()
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
    public async Task Requests_are_filtered_by_fault_without_case(string fault, int count)
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
    public async Task A_pending_fault_is_returned_as_it_was_added(string fault)
    {
        var body = $$"""{"endpoint":"userInfo","fault":{{fault}},"times":null}""";
        using var response = await Script.SendAsync("POST", "/faults", body);

        Assert.Equal(body, await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal($$"""{"pending":[{{body}}],"holds":[]}""", (await Script.GetAsync("/faults")).GetRawText());
    }

    [Fact]
    public async Task A_timeout_has_the_number_of_arrived_requests()
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
}
