using System.Text;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Loopback;

/// <summary>
/// The callback of a sign-in at the loopback interface: the right one, once, and nothing else.
/// </summary>
public sealed class CallbackTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Callback_signs_in_and_leads_to_an_address_without_code_and_state()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var callback = await signIn.AuthorizeAsync();

        var accepted = await signIn.GetAsync(callback.PathAndQuery);

        Assert.Equal((303, $"http://{signIn.Authority}{LoopbackSignIn.Path}/done"), (accepted?.Status, accepted?["Location"]));
        Assert.Equal(("no-store", "no-referrer", "close"), (accepted!["Cache-Control"], accepted["Referrer-Policy"], accepted["Connection"]));
        Assert.Equal(200, (await signIn.GetAsync(signIn.LastPath(accepted)))?.Status);
        await signIn.SucceedsAsync();
    }

    [Theory]
    [InlineData("?code=a-code&state=another")]
    [InlineData("?code=a-code")]
    [InlineData("?error=access_denied")]
    [InlineData("?error=access_denied&state=another")]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("?%zz&state=%")]
    public async Task Callback_of_another_sign_in_is_refused_and_the_waiting_goes_on(string query)
    {
        await using var signIn = await LoopbackSignIn.StartAsync();

        var refused = await signIn.GetAsync(LoopbackSignIn.Path + query);

        Assert.Equal((400, "text/html; charset=utf-8"), (refused?.Status, refused?["Content-Type"]));
        Assert.Contains("waiting for another sign-in", refused!.Body, StringComparison.Ordinal);
        Assert.False(signIn.Session.IsCompleted);
        await signIn.FinishAsync();
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task After_the_callback_nothing_is_accepted_but_the_request_of_the_last_page()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        using var exchange = signIn.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var callback = await signIn.AuthorizeAsync();
        var last = signIn.LastPath(await signIn.GetAsync(callback.PathAndQuery));
        await exchange.WaitForCallsAsync(1, Stop);

        foreach (var target in (string[])[callback.PathAndQuery, LoopbackSignIn.Path + "?code=another&state=another", signIn.Request.LaunchUrl.PathAndQuery, "/", last + "?", last + "/"])
        {
            Assert.Equal(404, (await signIn.GetAsync(target))?.Status);
        }

        exchange.Release();
        Assert.Equal(200, (await signIn.GetAsync(last))?.Status);
        await signIn.SucceedsAsync();
        Assert.Equal(1, signIn.Emulator.Requests.Count(EmulatorEndpoint.Token));
    }

    // Several times, and with much to read, so that some of them are read at the same moment.
    [Fact]
    public async Task Of_callbacks_that_arrive_at_once_one_is_accepted()
    {
        var more = string.Concat(Enumerable.Repeat("&a", 15_000));
        for (var i = 0; i < 10; i++)
        {
            await using var signIn = await LoopbackSignIn.StartAsync();
            using var exchange = signIn.Emulator.Faults.Hold(EmulatorEndpoint.Token);
            var request = Encoding.ASCII.GetBytes(signIn.Get((await signIn.AuthorizeAsync()).PathAndQuery + more));
            var connections = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => signIn.ConnectAsync()));
            foreach (var connection in connections)
            {
                await connection.GetStream().WriteAsync(request.AsMemory(..^1), Stop);
            }

            Parallel.ForEach(connections, connection => connection.Client.Send(request.AsSpan()[^1..]));
            var answers = await Task.WhenAll(connections.Select(async connection =>
            {
                using (connection)
                {
                    using var reader = new StreamReader(connection.GetStream());
                    return (await reader.ReadToEndAsync(Stop)).Split(' ')[1];
                }
            }));

            Assert.Equal(["303", .. Enumerable.Repeat("404", 39)], answers.Order());
            exchange.Release();
            await signIn.GetAsync(LoopbackSignIn.Path + "/done");
            await signIn.SucceedsAsync();
            Assert.Equal(1, signIn.Emulator.Requests.Count(EmulatorEndpoint.Token));
        }
    }

    [Theory]
    [InlineData("Sec-Purpose: prefetch")]
    [InlineData("Sec-Purpose: prefetch;prerender")]
    [InlineData("Purpose: prefetch")]
    [InlineData("X-Purpose: preview")]
    [InlineData("X-Moz: prefetch")]
    public async Task Prefetched_callback_does_not_finish_the_sign_in(string header)
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var callback = await signIn.AuthorizeAsync();

        var refused = await signIn.GetAsync(callback.PathAndQuery, $"{header}\r\n");

        Assert.Equal((503, "no-store"), (refused?.Status, refused?["Cache-Control"]));
        Assert.False(signIn.Session.IsCompleted);
        await signIn.FinishAsync(callback);
        await signIn.SucceedsAsync();
    }

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

    // What a site gets whose name leads to this machine (DNS rebinding), and a request that was meant for a proxy.
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

    // What a browser sends that is signed in to many applications on this host.
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

            // The bytes of the end are read one by one: each has arrived before another request is answered.
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

    [Theory]
    [InlineData("http://127.0.0.1", "/", "/done")]
    [InlineData("http://127.0.0.1/", "/", "/done")]
    [InlineData("http://127.0.0.1/signin-binance/", "/signin-binance/", "/signin-binance/done")]
    [InlineData("http://127.0.0.1/a/b%20c", "/a/b%20c", "/a/b%20c/done")]
    public async Task Redirect_URI_is_sent_as_it_was_given_with_the_port_put_in(string redirectUri, string path, string last)
    {
        await using var signIn = await LoopbackSignIn.StartAsync(
            options => options.RedirectUri = redirectUri,
            emulator =>
            {
                emulator.Clients.Remove(BinanceEmulatorDefaults.PublicClientId);
                emulator.Clients.Add(new() { ClientId = BinanceEmulatorDefaults.PublicClientId, RedirectUris = [redirectUri], AllowAnyLoopbackPort = true });
            });
        var callback = await signIn.AuthorizeAsync();

        var sent = signIn.Request.Url.Query.Split('&').Single(parameter => parameter.StartsWith("redirect_uri=", StringComparison.Ordinal))["redirect_uri=".Length..];
        Assert.Equal(redirectUri.Insert("http://127.0.0.1".Length, $":{signIn.Request.RedirectUri.Port}"), Uri.UnescapeDataString(sent));
        Assert.Equal(path, callback.AbsolutePath);
        Assert.Equal(last, signIn.LastPath(await signIn.GetAsync(callback.PathAndQuery)));
        await signIn.GetAsync(last);
        await signIn.SucceedsAsync();
    }
}
