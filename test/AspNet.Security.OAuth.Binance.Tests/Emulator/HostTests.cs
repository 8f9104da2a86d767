using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The emulator's own host: its port, its environment, and its stop.</summary>
public sealed class HostTests
{
    private static readonly AsyncLocal<string?> s_flow = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_system_chooses_the_port_by_default()
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
    public async Task A_port_in_use_throws_with_the_port()
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
    public async Task Starting_throws_in_Production_only(string variable, string? value, bool throws)
    {
        var starting = BinanceEmulator.StartAsync(configure: null, name => name == variable ? value : null, Cancellation);

        if (throws)
        {
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => starting);
            Assert.Contains(variable, exception.Message, StringComparison.Ordinal);
            Assert.Contains("AllowProduction", exception.Message, StringComparison.Ordinal);
        }
        else
        {
            await using var emulator = await starting;
            Assert.NotNull(emulator.BaseAddress);
        }
    }

    [Fact]
    public async Task AllowProduction_allows_the_start_in_Production()
    {
        await using var emulator = await BinanceEmulator.StartAsync(options => options.AllowProduction = true, _ => "Production", Cancellation);

        Assert.NotNull(emulator.BaseAddress);
    }

    [Fact]
    public async Task Responses_have_no_Server_header()
    {
        await using var emulator = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var visitor = new Visitor(emulator);

        using var response = await visitor.Http.GetAsync("/", Cancellation);

        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task The_emulator_stops_during_held_delayed_and_endless_requests()
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

        // The shutdown timeout of the framework is half a minute.
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
    public async Task The_emulator_stops_while_a_body_is_sent(string path)
    {
        var emulator = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, emulator.BaseAddress.Port, Cancellation);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n"), Cancellation);
        using var reader = new StreamReader(stream, Encoding.ASCII);

        // The emulator has begun to read the body.
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync(Cancellation));

        // The shutdown timeout of the emulator is 5 seconds.
        await emulator.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(4), Cancellation);
    }

    [Fact]
    public async Task The_host_is_hidden_from_WebApplicationFactory()
    {
        // WebApplicationFactory subscribes like this, and filters by the execution context of the entry point.
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

    // Retries, because another process may take the free port before the emulator uses it.
    private static async Task<BinanceEmulator> StartOnFreePortAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await BinanceEmulator.StartAsync(options => options.Port = LoopbackPort.Free(), Cancellation);
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
