using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace AspNet.Security.OAuth.Binance.Tests.HttpClients;

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
    public async Task A_method_has_the_user_s_token(HttpTransportType transport, string method)
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        var token = (await browser.SessionAsync()).AccessToken;
        await using var connection = await hub.ConnectAsync(browser, transport);

        Assert.Equal("answered", await connection.CallAsync(method: method));

        Assert.Equal(token, hub.Sent[^1]);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Streams))]
    public async Task Each_item_of_a_stream_has_the_user_s_token(HttpTransportType transport, string method)
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        var token = (await browser.SessionAsync()).AccessToken;
        await using var connection = await hub.ConnectAsync(browser, transport);
        await hub.Events.Connected.Task;

        var items = await connection.ReadAsync(method);

        Assert.Equal(3, items.Count);
        Assert.All(items, item => Assert.True(item is "answered" or "1", item));
        Assert.Equal(4, hub.Sent.Count);
        Assert.All(hub.Sent, sent => Assert.Equal(token, sent));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Transports))]
    public async Task A_stream_of_the_client_has_the_user_s_token_at_each_item(HttpTransportType transport)
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser, transport);

        var text = await connection.InvokeAsync<string>(nameof(CallingHub.CallForEach), UrlsAsync(), TestContext.Current.CancellationToken);

        Assert.Equal("answered answered", text);

        static async IAsyncEnumerable<string> UrlsAsync()
        {
            yield return "one";
            await Task.Yield();
            yield return "two";
        }
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Transports))]
    public async Task A_stream_that_the_client_stops_ends_with_the_user_s_token(HttpTransportType transport)
    {
        await using var hub = await HubSite.StartAsync();
        await using var connection = await hub.ConnectAsync(await hub.Site.SignedInAsync(), transport);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        try
        {
            await foreach (var item in connection.StreamAsync<string>(nameof(CallingHub.Endless), stop.Token))
            {
                Assert.Equal("answered", item);
                await stop.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // As the client's stream ends.
        }

        Assert.Equal("answered", await hub.Events.Stopped.Task.WaitAsync(TestContext.Current.CancellationToken));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Transports))]
    public async Task The_begin_and_the_end_of_a_connection_have_the_user_s_token(HttpTransportType transport)
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser, transport);
        Assert.Equal("answered", await hub.Events.Connected.Task.WaitAsync(TestContext.Current.CancellationToken));

        await connection.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal("answered", await hub.Events.Disconnected.Task.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal((await browser.SessionAsync()).AccessToken, Assert.Single(hub.Sent.Distinct()));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Transports))]
    public async Task Without_sessions_on_the_server_the_exception_names_what_keeps_them_there(HttpTransportType transport)
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
    public async Task A_connection_of_a_visitor_has_no_token(HttpTransportType transport)
    {
        await using var hub = await HubSite.StartAsync();
        await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(hub.Site.Browser(), transport);

        Assert.Contains("nobody is signed in", await connection.CallAsync(), StringComparison.Ordinal);
        Assert.All(await connection.ReadAsync(nameof(CallingHub.Texts)), text => Assert.Contains("nobody is signed in", text, StringComparison.Ordinal));

        Assert.Empty(hub.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_the_test_s_own_code_calls_besides_has_no_token()
    {
        await using var hub = await HubSite.StartAsync();
        await using var connection = await hub.ConnectAsync(await hub.Site.SignedInAsync());
        await connection.CallAsync();

        Assert.Contains("there is no request", await Lifetime.CallingSite.TextAsync(hub.Site.Services, null, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
