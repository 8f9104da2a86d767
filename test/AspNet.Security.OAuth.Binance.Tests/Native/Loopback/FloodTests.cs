using System.Net.Sockets;
using System.Text;
using AspNet.Security.OAuth.Binance.Tests.Native.Loopback.Support;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Loopback;

/// <summary>
/// Resource limits of the listener: size, time and number of requests.
/// </summary>
public sealed class FloodTests
{
    private const int Megabyte = 1024 * 1024;
    private const int MostConnections = 128;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Head_of_a_megabyte_is_refused()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var callback = await signIn.AuthorizeAsync();

        Assert.Equal(431, (await signIn.GetAsync(callback.PathAndQuery, $"Cookie: {new string('c', Megabyte)}\r\n"))?.Status);
        Assert.Equal(431, (await signIn.GetAsync($"{callback.PathAndQuery}&{new string('q', Megabyte)}"))?.Status);
        Assert.Equal(431, (await signIn.SendAsync(new string('g', Megabyte)))?.Status);

        await signIn.FinishAsync(callback);
        await signIn.SucceedsAsync();
    }

    [Theory]
    [InlineData(32 * 1024, 400)]
    [InlineData((32 * 1024) + 1, 431)]
    public async Task Head_is_read_up_to_32_KiB(int length, int status)
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var head = signIn.Get(LoopbackSignIn.Path, "Cookie: \r\n");

        Assert.Equal(status, (await signIn.GetAsync(LoopbackSignIn.Path, $"Cookie: {new string('c', length - head.Length)}\r\n"))?.Status);
    }

    [Theory]
    [InlineData("Content-Length: 1048576")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task Body_of_a_megabyte_is_not_read(string header)
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var callback = await signIn.AuthorizeAsync();

        var refused = await signIn.SendAsync($"POST {callback.PathAndQuery} HTTP/1.1\r\nHost: {signIn.Authority}\r\n{header}\r\n\r\n{new string('b', Megabyte)}");

        Assert.Equal(404, refused?.Status);
        await signIn.FinishAsync(callback);
        await signIn.SucceedsAsync();
    }

    // A second request on the connection is ignored.
    [Fact]
    public async Task Connection_has_one_response()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var callback = await signIn.AuthorizeAsync();
        using var connection = await signIn.ConnectAsync();

        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(signIn.Get("/") + signIn.Get(callback.PathAndQuery)), Stop);

        using var reader = new StreamReader(connection.GetStream());
        var text = await reader.ReadToEndAsync(Stop);
        Assert.StartsWith("HTTP/1.1 404 ", text, StringComparison.Ordinal);
        Assert.Equal(1, text.Split("HTTP/1.1 ").Length - 1);
        Assert.False(signIn.Session.IsCompleted);
    }

    [Fact]
    public async Task Head_that_is_not_complete_after_5_seconds_is_cut()
    {
        var time = new TimerTime();
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.TimeProvider = time);
        using var silent = await signIn.ConnectAsync();
        using var dripping = await signIn.ConnectAsync();
        await time.WaitForTimersAsync(_limit, 2);
        await dripping.GetStream().WriteAsync("GET /"u8.ToArray(), Stop);
        time.Advance(_limit - TimeSpan.FromMilliseconds(1));

        // Further bytes do not extend the timeout.
        await dripping.GetStream().WriteAsync("signin"u8.ToArray(), Stop);
        using var later = await signIn.ConnectAsync();
        await time.WaitForTimersAsync(_limit, 3);
        time.Advance(TimeSpan.FromMilliseconds(1));

        await LoopbackSignIn.ClosedAsync(silent);
        await LoopbackSignIn.ClosedAsync(dripping);
        Assert.False(later.Client.Poll(0, SelectMode.SelectRead));
        Assert.Equal(200, (await signIn.FinishAsync())?.Status);
        await signIn.SucceedsAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET /signin-binance?code=")]
    [InlineData("GET /nothing HTTP/1.1\r\n\r\n")]
    public async Task Hundreds_of_connections_do_not_block_the_callback(string request)
    {
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.TimeProvider = new FakeTimeProvider());
        List<TcpClient> connections = [];
        try
        {
            for (var i = 0; i < 300; i++)
            {
                connections.Add(await signIn.ConnectAsync());
                await connections[^1].GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Stop);
            }

            // The oldest connection is closed.
            await LoopbackSignIn.ClosedAsync(connections[0]);
            Assert.Equal(200, (await signIn.FinishAsync())?.Status);
            await signIn.SucceedsAsync();
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    [Fact]
    public async Task At_most_128_connections_are_open()
    {
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.TimeProvider = new FakeTimeProvider());
        List<TcpClient> connections = [];
        try
        {
            for (var i = 0; i <= MostConnections; i++)
            {
                connections.Add(await signIn.ConnectAsync());
            }

            await LoopbackSignIn.ClosedAsync(connections[0]);
            Assert.False(connections[1].Client.Poll(0, SelectMode.SelectRead));
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    [Fact]
    public async Task Connections_that_have_ended_do_not_count()
    {
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.TimeProvider = new FakeTimeProvider());
        using var idle = await signIn.ConnectAsync();

        for (var i = 0; i < MostConnections; i++)
        {
            Assert.Equal(404, (await signIn.GetAsync("/"))?.Status);
        }

        await idle.GetStream().WriteAsync(Encoding.ASCII.GetBytes(signIn.Get("/")), Stop);
        Assert.StartsWith("HTTP/1.1 404 ", await LoopbackSignIn.ReadToEndAsync(idle), StringComparison.Ordinal);
    }

    // The connection that waits for the last page is not closed.
    [Fact]
    public async Task Hundreds_of_connections_do_not_close_the_last_page()
    {
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.TimeProvider = new FakeTimeProvider());
        using var exchange = signIn.Emulator.Faults.Hold(Binance.Emulator.EmulatorEndpoint.Token);
        var last = signIn.LastPath(await signIn.GetAsync((await signIn.AuthorizeAsync()).PathAndQuery));
        using var browser = await signIn.OpenAsync(last);
        List<TcpClient> connections = [];
        try
        {
            for (var i = 0; i < 300; i++)
            {
                connections.Add(await signIn.ConnectAsync());
            }

            await LoopbackSignIn.ClosedAsync(connections[0]);
            exchange.Release();
            Assert.Contains("You are signed in", await LoopbackSignIn.ReadToEndAsync(browser), StringComparison.Ordinal);
            browser.Close();
            await signIn.SucceedsAsync();
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }
}
