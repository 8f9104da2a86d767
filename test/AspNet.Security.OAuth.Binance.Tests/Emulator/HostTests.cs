using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class HostTests
{
    private static readonly AsyncLocal<string?> s_flow = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Forwarded", "for=203.0.113.9")]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    [InlineData("X-Forwarded-Host", "shop.example.com")]
    public async Task What_a_proxy_forwards_is_refused(string header, string value)
    {
        await using var emulator = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var visitor = new Visitor(emulator);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add(header, value);

        using var response = await visitor.Http.SendAsync(request, Cancellation);

        Assert.Equal(System.Net.HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task The_system_chooses_the_port_when_nobody_does()
    {
        await using var first = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        await using var second = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);

        Assert.Equal("127.0.0.1", first.BaseAddress.Host);
        Assert.NotEqual(first.BaseAddress.Port, second.BaseAddress.Port);
    }

    // Containers often have no IPv6 address at all.
    public static TheoryData<string> LoopbackNames => HasIPv6() ? ["localhost", "127.0.0.1", "[::1]"] : ["localhost", "127.0.0.1"];

    [Theory]
    [MemberData(nameof(LoopbackNames))]
    public async Task A_given_port_is_listened_to_on_every_loopback_address(string host)
    {
        await using var emulator = await StartOnFreePortAsync();
        using var http = new HttpClient();

        using var response = await http.GetAsync(new Uri($"http://{host}:{emulator.BaseAddress.Port}/"), Cancellation);

        Assert.Equal("localhost", emulator.BaseAddress.Host);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        await using var first = await StartOnFreePortAsync();
        var port = first.BaseAddress.Port;

        var exception = await Assert.ThrowsAsync<IOException>(() => BinanceEmulator.StartAsync(options => options.Port = port, Cancellation));

        Assert.Contains($"port {port}", exception.Message, StringComparison.Ordinal);
        Assert.Contains("in use", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ASPNETCORE_ENVIRONMENT", "Production", true)]
    [InlineData("DOTNET_ENVIRONMENT", "production", true)]
    [InlineData("ASPNETCORE_ENVIRONMENT", "Development", false)]
    [InlineData("ASPNETCORE_ENVIRONMENT", null, false)]
    public async Task It_refuses_to_start_in_Production(string variable, string? value, bool refuses)
    {
        var starting = BinanceEmulator.StartAsync(configure: null, name => name == variable ? value : null, Cancellation);

        if (refuses)
        {
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => starting);
            Assert.Contains(variable, exception.Message, StringComparison.Ordinal);
            Assert.Contains("AllowProduction", exception.Message, StringComparison.Ordinal);
        }
        else
        {
            await using var emulator = await starting;
        }
    }

    [Fact]
    public async Task It_starts_in_Production_when_told()
    {
        await using var emulator = await BinanceEmulator.StartAsync(options => options.AllowProduction = true, _ => "Production", Cancellation);

        Assert.NotNull(emulator.BaseAddress);
    }

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1:1234", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    [InlineData("rebound.attacker.example.com", HttpStatusCode.Forbidden)]
    [InlineData("localhost.attacker.example.com", HttpStatusCode.Forbidden)]
    [InlineData("192.168.1.2", HttpStatusCode.Forbidden)]
    public async Task It_answers_to_loopback_names_only(string host, HttpStatusCode status)
    {
        await using var emulator = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var visitor = new Visitor(emulator);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = host } };

        using var response = await visitor.Http.SendAsync(request, Cancellation);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task A_refused_request_neither_works_nor_meets_a_fault()
    {
        await using var emulator = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var visitor = new Visitor(emulator);
        var issued = emulator.Tokens.Issue();
        emulator.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Status(500));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth-api/v1/revoke-token")
        {
            Headers = { Host = "attacker.example.com", Authorization = new("Bearer", issued.AccessToken) },
        };

        using var response = await visitor.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.True(emulator.Tokens.IsLive(issued.AccessToken));
        Assert.Equal(1, emulator.Faults.PendingCount);
        Assert.Equal(403, emulator.Requests.Single().Status);
    }

    [Fact]
    public async Task It_does_not_say_what_server_it_is()
    {
        await using var emulator = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var visitor = new Visitor(emulator);

        using var response = await visitor.Http.GetAsync("/", Cancellation);

        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task It_stops_at_once_while_calls_are_held_delayed_and_endless()
    {
        var emulator = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var visitor = new Visitor(emulator);
        emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.EndlessBody);
        emulator.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Delay(Timeout.InfiniteTimeSpan));
        using var hold = emulator.Faults.Hold(EmulatorEndpoint.Token);
        Task[] calls = [visitor.UserInfoAsync(null), visitor.RevokeAsync(null), visitor.RefreshAsync("any")];
        await hold.WaitForCallsAsync(1, Cancellation);
        await emulator.Requests.WaitForAsync(request => request.Endpoint == EmulatorEndpoint.UserInfo, Cancellation);
        await emulator.Requests.WaitForAsync(request => request.Endpoint == EmulatorEndpoint.Revoke, Cancellation);

        // A host that waits for its calls waits for half a minute.
        await emulator.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        foreach (var call in calls)
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
        }

        await emulator.DisposeAsync();
    }

    [Theory]
    [InlineData("/oauth/token")]
    [InlineData("/emulator/actions")]
    [InlineData("/emulator/api/v1/tokens")]
    public async Task It_stops_at_once_while_a_body_is_sent(string path)
    {
        var emulator = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, emulator.BaseAddress.Port, Cancellation);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n"), Cancellation);
        using var reader = new StreamReader(stream, Encoding.ASCII);

        // It has begun to read the body.
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync(Cancellation));

        // A host that waits for its calls waits for 5 seconds.
        await emulator.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(4), Cancellation);
    }

    [Fact]
    public async Task Its_host_is_not_taken_for_the_host_of_the_application_that_starts_it()
    {
        // Test hosts subscribe like this, and keep to the flow of the entry point that they called.
        var name = Guid.NewGuid().ToString();
        var seen = 0;
        using var subscription = DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(listener =>
        {
            if (listener.Name == "Microsoft.Extensions.Hosting")
            {
                listener.Subscribe(new Observer<KeyValuePair<string, object?>>(_ => seen += s_flow.Value == name ? 1 : 0));
            }
        }));
        s_flow.Value = name;

        await using var emulator = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);

        Assert.Equal(0, seen);
    }

    [Fact]
    public async Task A_start_can_be_cancelled() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BinanceEmulator.StartAsync(cancellationToken: new CancellationToken(canceled: true)));

    // Between asking for a free port and using it somebody else may take it; then another one is asked for.
    private static async Task<BinanceEmulator> StartOnFreePortAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await BinanceEmulator.StartAsync(options => options.Port = FreePort(), Cancellation);
            }
            catch (IOException) when (attempt < 10)
            {
            }
        }
    }

    private static bool HasIPv6()
    {
        try
        {
            using var listener = new TcpListener(IPAddress.IPv6Loopback, 0);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Observer<T>(Action<T> onNext) : IObserver<T>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnNext(T value) => onNext(value);
    }
}
