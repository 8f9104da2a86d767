using System.Text;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Loopback.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Loopback;

/// <summary>
/// The callback of a sign-in on the loopback interface is accepted once.
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
    public async Task Callback_of_another_sign_in_is_refused_and_does_not_end_the_sign_in(string query)
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
    public async Task After_the_callback_only_the_request_of_the_last_page_is_accepted()
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

    // Repeated, and with long requests, so that some of them are read concurrently.
    [Fact]
    public async Task One_of_concurrent_callbacks_is_accepted()
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
            var responses = await Task.WhenAll(connections.Select(async connection =>
            {
                using (connection)
                {
                    using var reader = new StreamReader(connection.GetStream());
                    return (await reader.ReadToEndAsync(Stop)).Split(' ')[1];
                }
            }));

            Assert.Equal(["303", .. Enumerable.Repeat("404", 39)], responses.Order());
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
    [InlineData("http://127.0.0.1", "/", "/done")]
    [InlineData("http://127.0.0.1/", "/", "/done")]
    [InlineData("http://127.0.0.1/signin-binance/", "/signin-binance/", "/signin-binance/done")]
    [InlineData("http://127.0.0.1/a/b%20c", "/a/b%20c", "/a/b%20c/done")]
    public async Task Redirect_URI_is_sent_unchanged_with_the_port_inserted(string redirectUri, string path, string last)
    {
        await using var signIn = await LoopbackSignIn.StartAtAsync(redirectUri);
        var callback = await signIn.AuthorizeAsync();

        var sent = signIn.Request.Url.Query.Split('&').Single(parameter => parameter.StartsWith("redirect_uri=", StringComparison.Ordinal))["redirect_uri=".Length..];
        Assert.Equal(redirectUri.Insert("http://127.0.0.1".Length, $":{signIn.Request.RedirectUri.Port}"), Uri.UnescapeDataString(sent));
        Assert.Equal(path, callback.AbsolutePath);
        Assert.Equal(last, signIn.LastPath(await signIn.GetAsync(callback.PathAndQuery)));
        await signIn.GetAsync(last);
        await signIn.SucceedsAsync();
    }
}
