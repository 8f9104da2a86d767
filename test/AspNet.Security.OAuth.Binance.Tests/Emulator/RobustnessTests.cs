using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class RobustnessTests : EmulatorTest
{
    private static readonly string[] s_paths =
        ["/", "/emulator", "/en/oauth/authorize", "/oauth/authorize", "/oauth/token", "/oauth-api/v1/user-info", "/oauth-api/v1/revoke-token", "/nothing"];

    [Theory]
    [InlineData("?")]
    [InlineData("?&&&=&==&a=b=c")]
    [InlineData("?client_id=%ZZ&redirect_uri=%00&scope=%FF%FE&state=%")]
    [InlineData("?client_id=binance-emulator-client&redirect_uri=http://localhost/signin-binance&response_type=code&scope=%0d%0aX-Evil:%201&state=%0d%0aX-Evil:%201&emulator_user=x")]
    [InlineData("?client_id=binance-emulator-client&redirect_uri=http://localhost/signin-binance&response_type=code&scope=user:openId&state=%0d%0aX-Evil:%201&emulator_user=10000000000000000000000000000001")]
    public async Task Any_query_gets_a_response(string query)
    {
        foreach (var path in s_paths)
        {
            foreach (var method in new[] { "GET", "POST", "OPTIONS", "TRACE", "UNKNOWN" })
            {
                using var response = await Visitor.ApiAsync(new HttpMethod(method), path + query, accessToken: "%00");

                Assert.InRange((int)response.StatusCode, 200, 499);
                Assert.False(response.Headers.Contains("X-Evil"));
            }
        }
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "grant_type=%ZZ&code=%00&=&&client_id")]
    [InlineData("application/x-www-form-urlencoded", "\0\u00ff")]
    [InlineData("application/x-www-form-urlencoded;charset=nonsense", "a=b")]
    [InlineData("multipart/form-data; boundary=", "--\r\n")]
    [InlineData(";;;", "{")]
    public async Task Any_body_gets_a_response(string contentType, string body)
    {
        foreach (var path in s_paths)
        {
            using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);

            using var response = await Visitor.Http.PostAsync(path, content, Cancellation);

            Assert.InRange((int)response.StatusCode, 400, 499);
        }
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused()
    {
        using var token = await Visitor.PostAsync([new("grant_type", new string('a', 20_000))]);
        using var consent = await Visitor.PostAsync([new("consent", new string('a', 20_000))], Visitor.AuthorizeUrl());
        using var huge = new HttpRequestMessage(HttpMethod.Post, "/oauth/token") { Content = new ByteArrayContent(new byte[1_000_000]), Headers = { ExpectContinue = true } };
        using var hugeResponse = await Visitor.Http.SendAsync(huge, Cancellation);

        await Visitor.AssertOAuthErrorAsync(token, "invalid_request", HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, consent.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, hugeResponse.StatusCode);
    }

    [Fact]
    public async Task Too_many_parameters_are_refused()
    {
        var many = Enumerable.Range(0, 65).Select(i => new KeyValuePair<string, string?>($"p{i}", "x")).ToList();

        using var token = await Visitor.PostAsync(many);
        using var authorize = await Visitor.Http.GetAsync("/oauth/authorize" + Visitor.QueryString(many), Cancellation);

        await Visitor.AssertOAuthErrorAsync(token, "invalid_request");
        Assert.Equal(HttpStatusCode.BadRequest, authorize.StatusCode);
    }

    [Theory]
    [InlineData("POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n")]
    [InlineData("POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n")]
    [InlineData("GET /oauth/authorize HTTP/1.0\r\n\r\n")]
    [InlineData("GET /oauth/authorize HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET //evil.example.com/%2e%2e/oauth/authorize?x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    [InlineData("GET http://attacker.example.com/oauth/authorize HTTP/1.1\r\nHost: attacker.example.com\r\nConnection: close\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: attacker.example.com\r\nConnection: close\r\n\r\n")]
    [InlineData("CONNECT localhost:5210 HTTP/1.1\r\nHost: localhost:5210\r\nConnection: close\r\n\r\n")]
    public async Task Broken_http_is_a_client_error(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Emulator.BaseAddress.Port, Cancellation);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Cancellation);

        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.Matches("^HTTP/1.1 4[0-9][0-9] ", await reader.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task A_control_character_in_a_state_comes_back_encoded()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Emulator.BaseAddress.Port, Cancellation);
        await using var stream = socket.GetStream();
        var url = Visitor.AuthorizeUrl(("state", null), ("emulator_decision", "deny")) + "&state=a\tb";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {url} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), Cancellation);

        using var reader = new StreamReader(stream, Encoding.ASCII);
        var response = await reader.ReadToEndAsync(Cancellation);

        Assert.StartsWith("HTTP/1.1 302 ", response, StringComparison.Ordinal);
        Assert.Contains("&state=a%09b\r\n", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/oauth/token")]
    [InlineData("/emulator/actions")]
    public async Task A_refused_request_is_refused_before_its_body_is_sent(string path)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Emulator.BaseAddress.Port, Cancellation);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: attacker.example.com\r\nContent-Length: 100\r\n\r\n"), Cancellation);

        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.StartsWith("HTTP/1.1 403 ", await reader.ReadLineAsync(Cancellation), StringComparison.Ordinal);
    }
}
