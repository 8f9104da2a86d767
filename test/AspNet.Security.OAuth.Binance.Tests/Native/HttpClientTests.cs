using System.Text;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// The HTTP client that sends the user's access token.
/// </summary>
public sealed class HttpClientTests
{
    private static readonly Uri _api = new("https://api.example.com/v1/");

    private static CancellationToken Stop => TestTimeout.Token;

    [Fact]
    public async Task Call_has_the_current_token()
    {
        await using var app = await NativeApp.SignedInAsync();
        using var network = new RecordingHandler();
        using var api = app.Login.CreateHttpClient(_api, network);

        await api.GetStringAsync("orders", Stop);
        app.Expire();
        await api.PostAsync(new Uri(_api, "/orders"), new StringContent("one"), Stop);

        Assert.Equal(["https://api.example.com/v1/orders", "https://api.example.com/orders"], network.Requests.Select(request => request.Uri));
        Assert.NotEqual(network.Requests[0].Authorization, network.Requests[1].Authorization);
        Assert.Equal($"Bearer {await app.Login.GetAccessTokenAsync(Stop)}", network.Requests[1].Authorization);
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Cookies_of_a_response_are_not_sent_back()
    {
        await using var app = await NativeApp.SignedInAsync();
        List<string> requests = [];
        await using var server = new RawServer((request, stream, stop) =>
        {
            lock (requests)
            {
                requests.Add(request);
            }

            return RawServer.SendAsync(stream, "HTTP/1.1 200 OK\r\nSet-Cookie: id=1; Path=/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", stop);
        });
        using var api = app.Login.CreateHttpClient(new(server.Url));

        using var first = await api.GetAsync("", Stop);
        using var second = await api.GetAsync("", Stop);

        Assert.Equal(2, requests.Count);
        Assert.DoesNotContain(requests, request => request.Contains("Cookie:", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Authorization_of_the_request_is_replaced()
    {
        await using var app = await NativeApp.SignedInAsync();
        using var network = new RecordingHandler();
        using var api = app.Login.CreateHttpClient(_api, network);
        api.DefaultRequestHeaders.Authorization = new("Basic", "of-the-client");
        using var request = new HttpRequestMessage(HttpMethod.Get, "orders");
        request.Headers.Authorization = new("Bearer", "of-the-request");

        await api.SendAsync(request, Stop);

        Assert.Equal($"Bearer {await app.Login.GetAccessTokenAsync(Stop)}", Assert.Single(network.Requests).Authorization);
    }

    [Fact]
    public async Task Call_without_a_session_is_not_sent()
    {
        await using var app = await NativeApp.SignedInAsync();
        using var network = new RecordingHandler();
        using var api = app.Login.CreateHttpClient(_api, network);
        await app.Login.SignOutAsync(Stop);

        await Failing.WithAsync(BinanceFailure.NotSignedIn, api.GetAsync("orders", Stop));

        Assert.Empty(network.Requests);
    }

    [Fact]
    public async Task Call_whose_token_cannot_be_refreshed_is_not_sent()
    {
        await using var app = await NativeApp.SignedInAsync();
        using var network = new RecordingHandler();
        using var api = app.Login.CreateHttpClient(_api, network);
        app.Expire();
        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        await Failing.WithAsync(BinanceFailure.Unavailable, api.GetAsync("orders", Stop));

        Assert.Empty(network.Requests);
    }

    // It would be sent without a token and without the check of the address.
    [Fact]
    public async Task Synchronous_call_is_not_sent()
    {
        await using var app = await NativeApp.SignedInAsync();
        using var network = new RecordingHandler();
        using var api = app.Login.CreateHttpClient(_api, network);
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://other.example.com/");

        Assert.Throws<NotSupportedException>(() => api.Send(request, Stop));

        Assert.Empty(network.Requests);
    }

    [Fact]
    public async Task Bodies_are_streamed_both_ways()
    {
        await using var app = await NativeApp.SignedInAsync();
        var rest = new TaskCompletionSource();
        await using var server = new RawServer(async (_, stream, stop) =>
        {
            await RawServer.SendAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nfirst", stop);
            await rest.Task.WaitAsync(stop);
            await RawServer.SendAsync(stream, "later", stop);
        });
        using var api = app.Login.CreateHttpClient(new(server.Url));
        using var body = new StreamContent(new MemoryStream(Encoding.ASCII.GetBytes("a stream")));
        using var request = new HttpRequestMessage(HttpMethod.Post, "orders") { Content = body };

        using var response = await api.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        await using var stream = await response.Content.ReadAsStreamAsync(Stop);
        var first = new byte[5];
        await stream.ReadExactlyAsync(first, Stop);
        rest.SetResult();
        using var reader = new StreamReader(stream);

        Assert.Equal(("first", "later"), (Encoding.ASCII.GetString(first), await reader.ReadToEndAsync(Stop)));
        Assert.EndsWith("a stream", await server.FirstRequest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposing_the_client_disposes_its_handler_and_not_the_login()
    {
        await using var app = await NativeApp.SignedInAsync();
        using var network = new RecordingHandler();

        app.Login.CreateHttpClient(_api, network).Dispose();

        Assert.True(network.IsDisposed);
        Assert.NotNull(await app.Login.GetAccessTokenAsync(Stop));
    }

    [Fact]
    public async Task Call_after_the_login_is_disposed_is_not_sent()
    {
        await using var app = await NativeApp.SignedInAsync();
        using var network = new RecordingHandler();
        using var api = app.Login.CreateHttpClient(_api, network);
        await app.Login.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => api.GetAsync("orders", Stop));

        Assert.Empty(network.Requests);
    }
}
