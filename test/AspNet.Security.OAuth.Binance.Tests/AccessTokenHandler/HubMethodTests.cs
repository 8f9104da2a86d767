using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler;

/// <summary>
/// In every kind of method of a hub, over every transport, the API is called with the token of the connection's user.
/// </summary>
public sealed class HubMethodTests
{
    private static readonly HttpTransportType[] _transports = [HttpTransportType.WebSockets, HttpTransportType.ServerSentEvents, HttpTransportType.LongPolling];

    public static TheoryData<HttpTransportType> Transports => [.. _transports];

    public static MatrixTheoryData<HttpTransportType, string> Methods
        => new(_transports, [nameof(CallingHub.Call), nameof(CallingHub.CallAfterAwaits), nameof(CallingHub.CallInTask)]);

    public static MatrixTheoryData<HttpTransportType, string> Streams => new(
        _transports,
        [
            nameof(CallingHub.Texts), nameof(CallingHub.Numbers), nameof(CallingHub.TextsLater), nameof(CallingHub.NumbersLater),
            nameof(CallingHub.OwnType), nameof(CallingHub.Read),
        ]);

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Methods))]
    public async Task Hub_method_sends_the_token_of_the_connection_s_user(HttpTransportType transport, string method)
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        var token = (await browser.SessionAsync()).AccessToken;
        await using var connection = await hub.ConnectAsync(browser, transport);

        Assert.Equal("called", await connection.CallAsync(method: method));

        Assert.Equal(token, hub.Sent[^1]);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Streams))]
    public async Task Each_item_of_a_hub_s_stream_sends_the_user_s_token(HttpTransportType transport, string method)
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        var token = (await browser.SessionAsync()).AccessToken;
        await using var connection = await hub.ConnectAsync(browser, transport);
        await hub.Events.Connected.Task;

        var items = await connection.ReadAsync(method);

        Assert.Equal(3, items.Count);
        Assert.All(items, item => Assert.True(item is "called" or "1", item));
        Assert.Equal(4, hub.Sent.Count);
        Assert.All(hub.Sent, sent => Assert.Equal(token, sent));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Transports))]
    public async Task Each_item_of_a_client_s_stream_sends_the_user_s_token(HttpTransportType transport)
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser, transport);

        var text = await connection.InvokeAsync<string>(nameof(CallingHub.CallForEach), UrlsAsync(), TestContext.Current.CancellationToken);

        Assert.Equal("called called", text);

        static async IAsyncEnumerable<string> UrlsAsync()
        {
            yield return "one";
            await Task.Yield();
            yield return "two";
        }
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Transports))]
    public async Task Cancelled_stream_sends_the_user_s_token_at_its_end(HttpTransportType transport)
    {
        await using var hub = await HubSite.StartAsync();
        await using var connection = await hub.ConnectAsync(await hub.Site.SignedInAsync(), transport);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        try
        {
            await foreach (var item in connection.StreamAsync<string>(nameof(CallingHub.Endless), stop.Token))
            {
                Assert.Equal("called", item);
                await stop.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The client's stream ends with this exception.
        }

        Assert.Equal("called", await hub.Events.Stopped.Task.WaitAsync(TestContext.Current.CancellationToken));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Transports))]
    public async Task OnConnected_and_OnDisconnected_send_the_user_s_token(HttpTransportType transport)
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser, transport);
        Assert.Equal("called", await hub.Events.Connected.Task.WaitAsync(TestContext.Current.CancellationToken));

        await connection.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal("called", await hub.Events.Disconnected.Task.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal((await browser.SessionAsync()).AccessToken, Assert.Single(hub.Sent.Distinct()));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Transports))]
    public async Task Exception_names_AddBinanceServerSessions_when_sessions_are_in_the_cookie(HttpTransportType transport)
    {
        await using var hub = await HubSite.StartWithSessionsInCookieAsync();
        await using var connection = await hub.ConnectAsync(await hub.Site.SignedInAsync(), transport);

        Assert.Contains("AddBinanceServerSessions", await connection.CallAsync(), StringComparison.Ordinal);
        Assert.All(await connection.ReadAsync(nameof(CallingHub.Texts)), text => Assert.Contains("AddBinanceServerSessions", text, StringComparison.Ordinal));
        Assert.Contains("AddBinanceServerSessions", await hub.Events.Connected.Task, StringComparison.Ordinal);

        Assert.Empty(hub.Sent);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Transports))]
    public async Task Connection_without_a_user_has_no_token(HttpTransportType transport)
    {
        await using var hub = await HubSite.StartAsync();
        await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(hub.Site.Browser(), transport);

        Assert.Contains("nobody is signed in", await connection.CallAsync(), StringComparison.Ordinal);
        Assert.All(await connection.ReadAsync(nameof(CallingHub.Texts)), text => Assert.Contains("nobody is signed in", text, StringComparison.Ordinal));

        Assert.Empty(hub.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_outside_of_the_hub_has_no_token()
    {
        await using var hub = await HubSite.StartAsync();
        await using var connection = await hub.ConnectAsync(await hub.Site.SignedInAsync());
        await connection.CallAsync();

        Assert.Contains("there is no request", await CalledApi.TextAsync(hub.Site.Services, null, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
