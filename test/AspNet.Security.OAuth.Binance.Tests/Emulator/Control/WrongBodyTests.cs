using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>Invalid bodies, which the document's schemas and the API refuse, with an error that names the property.</summary>
public sealed class WrongBodyTests : EmulatorTest
{
    private const string Client = """ "clientId":"x","redirectUris":["https://a.example/"] """;

    [Theory]
    [InlineData("POST /clients", "[]", "")]
    [InlineData("POST /clients", "null", "")]
    [InlineData("POST /clients", """{"redirectUris":["https://a.example/"]}""", "clientId")]
    [InlineData("POST /clients", """{"clientId":"x"}""", "redirectUris")]
    [InlineData("POST /clients", """{"clientId":" ","redirectUris":["https://a.example/"]}""", "clientId")]
    [InlineData("POST /clients", """{"clientId":".","redirectUris":["https://a.example/"]}""", "clientId")]
    [InlineData("POST /clients", """{"clientId":"..","redirectUris":["https://a.example/"]}""", "clientId")]
    [InlineData("POST /clients", """{"clientId":null,"redirectUris":["https://a.example/"]}""", "clientId")]
    [InlineData("POST /clients", """{"clientId":5,"redirectUris":["https://a.example/"]}""", "clientId")]
    [InlineData("POST /clients", """{"clientId":"x","redirectUris":[]}""", "redirectUris")]
    [InlineData("POST /clients", """{"clientId":"x","redirectUris":"https://a.example/"}""", "redirectUris")]
    [InlineData("POST /clients", """{"clientId":"x","redirectUris":["https://a.example/",null]}""", "redirectUris[1]")]
    [InlineData("POST /clients", """{"clientId":"x","redirectUris":["/signin"]}""", "redirectUris[0]")]
    [InlineData("POST /clients", """{"clientId":"x","redirectUris":["https://a.example/#x"]}""", "redirectUris[0]")]
    [InlineData("POST /clients", """{"clientId":"x","redirectUris":["javascript:alert(1)"]}""", "redirectUris[0]")]
    [InlineData("POST /clients", "{" + Client + ""","clientSecret":""}""", "clientSecret")]
    [InlineData("POST /clients", "{" + Client + ""","name":null}""", "name")]
    [InlineData("POST /clients", "{" + Client + ""","allowAnyLoopbackPort":"true"}""", "allowAnyLoopbackPort")]
    [InlineData("POST /clients", "{" + Client + ""","allowedScopes":[1]}""", "allowedScopes[0]")]
    [InlineData("POST /clients", "{" + Client + ""","ClientSecret":"x"}""", "ClientSecret")]
    [InlineData("PUT /clients/{clientId}", """{"clientId":"binance-emulator-client"}""", "redirectUris")]
    [InlineData("POST /users", """{"userId":"10000000000000000000000000000009"}""", "label")]
    [InlineData("POST /users", """{"label":""}""", "label")]
    [InlineData("POST /users", """{"label":"x","userId":"ABCDEF00000000000000000000000009"}""", "userId")]
    [InlineData("POST /users", """{"label":"x","email":""}""", "email")]
    [InlineData("POST /users", """{"label":"x","phone":"1"}""", "phone")]
    [InlineData("POST /tokens", """{"clientId":1}""", "clientId")]
    [InlineData("POST /tokens", """{"scopes":"user:openId"}""", "scopes")]
    [InlineData("POST /tokens", """{"client":"x"}""", "client")]
    [InlineData("POST /tokens/expire", """{"token":"x"}""", "token")]
    [InlineData("POST /tokens/revoke", """{"tokens":"x"}""", "tokens")]
    [InlineData("POST /tokens/revoke", """{"token":null}""", "token")]
    [InlineData("POST /tokens/api-key", "{}", "token")]
    [InlineData("POST /tokens/api-key", """{"token":null}""", "token")]
    [InlineData("POST /reset", """{"all":true}""", "all")]
    [InlineData("POST /faults", """{"fault":"halfBody"}""", "endpoint")]
    [InlineData("POST /faults", """{"endpoint":"token"}""", "fault")]
    [InlineData("POST /faults", """{"endpoint":"Token","fault":"halfBody"}""", "endpoint")]
    [InlineData("POST /faults", """{"endpoint":1,"fault":"halfBody"}""", "endpoint")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":"HalfBody"}""", "fault")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":null}""", "fault")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{}}""", "fault")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"status":199}}""", "fault.status")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"status":600}}""", "fault.status")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"status":"503"}}""", "fault.status")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"status":503.5}}""", "fault.status")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"body":null}}""", "fault.body")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"body":"x","contentType":""}}""", "fault.contentType")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"body":"x","contentType":"a\r\nb"}}""", "fault.contentType")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"contentType":"text/html"}}""", "fault")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"status":503,"delaySeconds":1}}""", "fault")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"apiError":{}}}""", "fault.apiError.code")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"apiError":{"code":" "}}}""", "fault.apiError.code")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"apiError":null}}""", "fault")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"delaySeconds":-0.001}}""", "fault.delaySeconds")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"delaySeconds":3456001}}""", "fault.delaySeconds")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"dripSeconds":"1"}}""", "fault.dripSeconds")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"redirect":""}}""", "fault.redirect")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":{"cutConnection":true}}""", "fault.cutConnection")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":"halfBody","times":0}""", "times")]
    [InlineData("POST /faults", """{"endpoint":"token","fault":"halfBody","times":2147483648}""", "times")]
    [InlineData("POST /faults/holds", """{"endpoint":"tokens"}""", "endpoint")]
    [InlineData("POST /faults/holds", "{}", "endpoint")]
    [InlineData("POST /clock/advance", "{}", "seconds")]
    [InlineData("POST /clock/advance", """{"seconds":-1}""", "seconds")]
    [InlineData("POST /clock/advance", """{"seconds":1e12}""", "seconds")]
    [InlineData("POST /clock/advance", """{"seconds":"1"}""", "seconds")]
    [InlineData("POST /clock/set", "{}", "now")]
    [InlineData("POST /clock/set", """{"now":1}""", "now")]
    [InlineData("POST /clock/set", """{"now":"tomorrow"}""", "now")]
    [InlineData("POST /clock/set", """{"now":"2100-01-01"}""", "now")]
    [InlineData("POST /clock/set", """{"now":"2100-01-01T00:00:00"}""", "now")]
    [InlineData("PATCH /options", """{"autoApprove":null}""", "autoApprove")]
    [InlineData("PATCH /options", """{"autoApproveUser":1}""", "autoApproveUser")]
    [InlineData("PATCH /options", """{"refreshTokenBehavior":"Keep"}""", "refreshTokenBehavior")]
    [InlineData("PATCH /options", """{"refreshTokenBehavior":0}""", "refreshTokenBehavior")]
    [InlineData("PATCH /options", """{"revocationBehavior":"none"}""", "revocationBehavior")]
    [InlineData("PATCH /options", """{"denialBehavior":"none"}""", "denialBehavior")]
    [InlineData("PATCH /options", """{"lenient":"yes"}""", "lenient")]
    [InlineData("PATCH /options", """{"allowedOrigins":["https://a.example","https://b.example/"]}""", "allowedOrigins[1]")]
    [InlineData("PATCH /options", """{"allowedOrigins":"https://a.example"}""", "allowedOrigins")]
    [InlineData("PATCH /options", """{"accessTokenLifetimeSeconds":0.5}""", "accessTokenLifetimeSeconds")]
    [InlineData("PATCH /options", """{"codeLifetimeSeconds":315360001}""", "codeLifetimeSeconds")]
    [InlineData("PATCH /options", """{"journalCapacity":0}""", "journalCapacity")]
    [InlineData("PATCH /options", """{"maxCodes":0}""", "maxCodes")]
    [InlineData("PATCH /options", """{"maxTokens":1.5}""", "maxTokens")]
    [InlineData("PATCH /options", """{"port":1}""", "port")]
    [InlineData("PATCH /options", """{"allowedHosts":[]}""", "allowedHosts")]
    [InlineData("PATCH /options", """{"allowProduction":true}""", "allowProduction")]
    public async Task A_wrong_body_is_refused(string operation, string body, string property)
    {
        var (method, path) = (operation.Split(' ')[0], operation.Split(' ')[1]);
        var schema = ApiDocument.Operation(method, path)["requestBody"]!["content"]!["application/json"]!["schema"]!;
        Assert.NotEqual("", ApiDocument.Defects(schema, JsonNode.Parse(body)));

        using var response = await new JsonScript(Visitor.Http).SendAsync(method, path.Replace("{clientId}", "binance-emulator-client", StringComparison.Ordinal), body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = (await Visitor.JsonAsync(response)).GetProperty("error").GetString();
        Assert.StartsWith(property.Length == 0 ? "Expected an object" : $"{property}: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "The body is empty. Expected JSON.")]
    [InlineData("{", "The body is not JSON. ")]
    [InlineData("client_id=x", "The body is not JSON. ")]
    [InlineData("""{"clientId":"x","clientId":"y"}""", "clientId: It is repeated.")]
    [InlineData("""{/**/}""", "The body is not JSON. ")]
    public async Task What_is_no_json_is_refused(string body, string words)
    {
        using var response = await new JsonScript(Visitor.Http).SendAsync("POST", "/clients", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith(words, (await Visitor.JsonAsync(response)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/requests?endpoint=tokens", "endpoint")]
    [InlineData("/requests?endpoint=1", "endpoint")]
    [InlineData("/requests?status=x", "status")]
    [InlineData("/requests?limit=-1", "limit")]
    [InlineData("/requests?status=200&status=400", "status")]
    [InlineData("/requests/wait?count=0", "count")]
    [InlineData("/requests/wait?timeoutSeconds=61", "timeoutSeconds")]
    [InlineData("/requests/wait?timeoutSeconds=-1", "timeoutSeconds")]
    [InlineData("/requests/wait?timeoutSeconds=NaN", "timeoutSeconds")]
    [InlineData("/requests/wait?timeoutSeconds=Infinity", "timeoutSeconds")]
    [InlineData("/requests/wait?timeoutSeconds=-Infinity", "timeoutSeconds")]
    [InlineData("/requests?grant_type=refresh_token", "grant_type")]
    [InlineData("/clients?limit=1", "limit")]
    public async Task A_wrong_parameter_is_refused(string path, string parameter)
    {
        using var response = await new JsonScript(Visitor.Http).SendAsync("GET", path);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith($"{parameter}: ", (await Visitor.JsonAsync(response)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT", "/clients/binance-emulator-client", """{"clientId":"other","redirectUris":["https://a.example/"]}""", "clientId: It differs from the id in the path.")]
    [InlineData("PUT", "/users/10000000000000000000000000000001", """{"userId":"20000000000000000000000000000002","label":"x"}""", "userId: It differs from the id in the path.")]
    [InlineData("POST", "/tokens", """{"clientId":"unknown"}""", "clientId: There is no such client.")]
    [InlineData("POST", "/tokens", """{"userId":"unknown"}""", "userId: There is no such user.")]
    [InlineData("POST", "/tokens", """{"scopes":[""]}""", "scopes: A scope must be ")]
    [InlineData("POST", "/tokens", """{"scopes":["user:openId","a b"]}""", "scopes: A scope must be ")]
    [InlineData("POST", "/tokens", """{"scopes":["a,b"]}""", "scopes: A scope must be ")]
    [InlineData("POST", "/clients", """{"clientId":"x","redirectUris":["http://xn--\u00fc/"]}""", "redirectUris[0]: ")]
    [InlineData("POST", "/faults", """{"endpoint":"token","fault":{"body":"x","contentType":"text/pl\u00e4n"}}""", "fault.contentType: ")]
    [InlineData("POST", "/faults", """{"endpoint":"token","fault":{"delaySeconds":1e300}}""", "fault.delaySeconds: The number of seconds is out of range.")]
    [InlineData("POST", "/clock/set", """{"now":"2001-01-01T00:00:00Z"}""", "now: The clock can only be set forward.")]
    [InlineData("POST", "/clock/set", """{"now":"9999-01-01T00:00:00Z"}""", "now: The clock can be at most a thousand years ahead.")]
    public async Task Errors_beyond_the_schema_are_refused_with_the_line(string method, string path, string body, string words)
    {
        using var response = await new JsonScript(Visitor.Http).SendAsync(method, path, body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith(words, (await Visitor.JsonAsync(response)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/clients", """{"clientId":"\ud800","redirectUris":["http://localhost/x"]}""", "clientId: It is not valid Unicode")]
    [InlineData("POST", "/clients", """{"\ud800":1}""", "The name of a property is not valid Unicode")]
    [InlineData("POST", "/users", """{"label":"a\udc00"}""", "label: ")]
    [InlineData("POST", "/tokens", """{"scopes":["user:openId","\ud800"]}""", "scopes[1]: ")]
    [InlineData("POST", "/reset", """{"\ud800":1}""", "The name of a property is not valid Unicode")]
    [InlineData("POST", "/faults", """{"endpoint":"\ud800","fault":"halfBody"}""", "endpoint: ")]
    [InlineData("POST", "/faults", """{"endpoint":"token","fault":"\ud800"}""", "fault: ")]
    [InlineData("POST", "/faults", """{"endpoint":"token","fault":{"\ud800":1}}""", "fault: ")]
    [InlineData("POST", "/clock/set", """{"now":"\ud800"}""", "now: ")]
    [InlineData("PATCH", "/options", """{"\ud800":1}""", "The name of a property is not valid Unicode")]
    [InlineData("PATCH", "/options", """{"autoApproveUser":"\ud800"}""", "autoApproveUser: ")]
    public async Task Half_of_a_surrogate_pair_is_refused(string method, string path, string body, string words)
    {
        using var response = await new JsonScript(Visitor.Http).SendAsync(method, path, body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith(words, (await Visitor.JsonAsync(response)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_in_another_encoding_is_refused()
    {
        using var response = await PostUserAsync(Encoding.Latin1.GetBytes("""{"label":"José"}"""), "application/json");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("The body is not JSON. It is not in UTF-8.", (await Visitor.JsonAsync(response)).GetProperty("error").GetString());
    }

    // RFC 9110 section 5.6.6.
    [Fact]
    public async Task The_charset_may_be_in_quotation_marks()
    {
        using var response = await PostUserAsync("""{"label":"José"}"""u8.ToArray(), "application/json; charset=\"UTF-8\"");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Theory]
    [InlineData(64 * 1024 + 1)]
    [InlineData(1024 * 1024)]
    public async Task A_body_that_is_too_long_is_refused_in_the_same_words(int length)
    {
        using var response = await PostUserAsync(new byte[length], "application/json");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("The body is longer than 65536 bytes.", (await Visitor.JsonAsync(response)).GetProperty("error").GetString());
    }

    private async Task<HttpResponseMessage> PostUserAsync(byte[] body, string contentType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{JsonScript.Api}/users") { Content = new ByteArrayContent(body), Headers = { ExpectContinue = true } };
        Assert.True(request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType));
        return await Visitor.Http.SendAsync(request, Cancellation);
    }
}
