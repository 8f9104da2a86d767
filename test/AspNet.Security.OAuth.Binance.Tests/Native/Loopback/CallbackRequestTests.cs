using AspNet.Security.OAuth.Binance.Tests.Native.Loopback.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Loopback;

/// <summary>
/// The request of the callback: exactly a GET of the redirect URI at its host.
/// </summary>
public sealed class CallbackRequestTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    [InlineData("DELETE")]
    [InlineData("get")]
    public async Task Callback_by_another_method_is_not_found(string method)
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var callback = await signIn.AuthorizeAsync();

        var refused = await signIn.SendAsync($"{method} {callback.PathAndQuery} HTTP/1.1\r\nHost: {signIn.Authority}\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal((404, ""), (refused?.Status, refused?.Body));
        await signIn.FinishAsync(callback);
        await signIn.SucceedsAsync();
    }

    // DNS rebinding, and requests for a proxy.
    [Theory]
    [InlineData("Host: attacker.example:PORT")]
    [InlineData("Host: attacker.example")]
    [InlineData("Host: localhost:PORT")]
    [InlineData("Host: 127.0.0.1")]
    [InlineData("Host: 127.0.0.1:PORT.attacker.example")]
    [InlineData("Host: 127.0.0.1:PORT\r\nHost: 127.0.0.1:PORT")]
    [InlineData("Host: 127.0.0.1:PORT\r\nHost:")]
    [InlineData("Host: 127.0.0.1:PORT, attacker.example")]
    [InlineData("Host:")]
    [InlineData("Accept: */*")]
    public async Task Callback_to_another_host_is_not_found(string header)
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var callback = await signIn.AuthorizeAsync();
        var port = signIn.Authority[(signIn.Authority.IndexOf(':', StringComparison.Ordinal) + 1)..];

        var refused = await signIn.SendAsync($"GET {callback.PathAndQuery} HTTP/1.1\r\n{header.Replace("PORT", port, StringComparison.Ordinal)}\r\n\r\n");

        Assert.Equal(404, refused?.Status);
        await signIn.FinishAsync(callback);
        await signIn.SucceedsAsync();
    }

    [Theory]
    [InlineData("GET AUTHORITY/signin-binance?QUERY HTTP/1.1", 400)]
    [InlineData("GET //signin-binance?QUERY HTTP/1.1", 404)]
    [InlineData("GET //attacker.example/signin-binance?QUERY HTTP/1.1", 404)]
    [InlineData("GET /x/../signin-binance?QUERY HTTP/1.1", 404)]
    [InlineData("GET /signin-binance/?QUERY HTTP/1.1", 404)]
    [InlineData("GET /Signin-Binance?QUERY HTTP/1.1", 404)]
    [InlineData("GET /signin%2Dbinance?QUERY HTTP/1.1", 404)]
    [InlineData("GET /%zz?QUERY HTTP/1.1", 404)]
    [InlineData("GET /favicon.ico HTTP/1.1", 404)]
    [InlineData("GET * HTTP/1.1", 400)]
    [InlineData("GET /signin-binance?QUERY#fragment HTTP/1.1", 400)]
    [InlineData("GET /signin-binance?QUERY HTTP/2.0", 400)]
    [InlineData("GET /signin-binance?QUERY HTTP/0.9", 400)]
    [InlineData("GET /signin-binance?QUERY", 400)]
    [InlineData("GET  /signin-binance?QUERY HTTP/1.1", 400)]
    [InlineData("GET /signin-binance?QUERY\0 HTTP/1.1", 400)]
    [InlineData("GET /signin-binance?QUERY&x=\u00FC HTTP/1.1", 400)]
    [InlineData("GET /signin-binance?QUERY&x=a b HTTP/1.1", 400)]
    [InlineData("GET /signin-binance?QUERY HTTP/1.1\r\n folded: line", 400)]
    [InlineData("GET /signin-binance?QUERY HTTP/1.1\r\nname : value", 400)]
    [InlineData("GET /signin-binance?QUERY HTTP/1.1\r\nname: a\nb", 400)]
    [InlineData("GET /signin-binance?QUERY HTTP/1.1\r\nname: a\0b", 400)]
    [InlineData("GET /signin-binance?QUERY HTTP/1.1\r\nno colon", 400)]
    [InlineData("GET /signin-binance?QUERY HTTP/1.1\r\n: no name", 400)]
    [InlineData(" GET /signin-binance?QUERY HTTP/1.1", 400)]
    [InlineData("\r\nGET /signin-binance?QUERY HTTP/1.1", 400)]
    public async Task Head_that_is_not_exactly_that_of_the_callback_is_refused(string head, int status)
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var callback = await signIn.AuthorizeAsync();
        var text = head.Replace("QUERY", callback.Query[1..], StringComparison.Ordinal).Replace("AUTHORITY", $"http://{signIn.Authority}", StringComparison.Ordinal);

        var refused = await signIn.SendAsync($"{text}\r\nHost: {signIn.Authority}\r\n\r\n");

        Assert.Equal(status, refused?.Status);
        await signIn.FinishAsync(callback);
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Callback_in_the_older_version_of_HTTP_signs_in()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var callback = await signIn.AuthorizeAsync();

        Assert.Equal(303, (await signIn.SendAsync($"GET {callback.PathAndQuery} HTTP/1.0\r\nhost: {signIn.Authority}\r\n\r\n"))?.Status);
        await signIn.GetAsync(LoopbackSignIn.Path + "/done");

        await signIn.SucceedsAsync();
    }

    // As from a browser with the cookies of many applications on this host.
    [Fact]
    public async Task Callback_with_a_long_code_and_many_cookies_is_read()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var callback = await signIn.AuthorizeAsync();
        var cookies = string.Concat(Enumerable.Repeat($"Cookie: {new string('c', 4096)}\r\n", 6));

        Assert.Equal(303, (await signIn.GetAsync($"{callback.PathAndQuery}&more={new string('m', 4096)}", cookies))?.Status);
        await signIn.GetAsync(LoopbackSignIn.Path + "/done");

        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Callback_that_arrives_byte_by_byte_is_read()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        using var connection = await signIn.ConnectAsync();
        var callback = await signIn.AuthorizeAsync();

        foreach (var c in signIn.Get(callback.PathAndQuery))
        {
            await connection.GetStream().WriteAsync(new[] { (byte)c }, Stop);

            // The last bytes are read one by one: each is read before the response to another request.
            if (c is '\r' or '\n')
            {
                await signIn.GetAsync("/");
            }
        }

        using var reader = new StreamReader(connection.GetStream());
        Assert.StartsWith("HTTP/1.1 303 ", await reader.ReadToEndAsync(Stop), StringComparison.Ordinal);
        connection.Dispose();
        await signIn.GetAsync(LoopbackSignIn.Path + "/done");
        await signIn.SucceedsAsync();
    }
}
