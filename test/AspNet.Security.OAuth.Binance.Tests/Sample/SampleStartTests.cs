using System.Net;
using System.Net.Sockets;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

public sealed class SampleStartTests
{
    [Fact]
    public async Task Production_without_credentials_stops_and_names_the_missing_keys()
    {
        var (exitCode, _, errors) = await SampleProcess.RunAsync("Production", "--urls", "http://127.0.0.1:0");

        Assert.Equal(1, exitCode);
        Assert.Contains("Authentication:Schemes:Binance:ClientId", errors, StringComparison.Ordinal);
        Assert.Contains("Authentication:Schemes:Binance:ClientSecret", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Site_port_in_use_is_named_with_the_way_to_choose_another()
    {
        using var taken = Take(out var port);

        var (exitCode, _, errors) = await SampleProcess.RunAsync("Development", "--urls", $"http://127.0.0.1:{port}", "--Emulator:Port=0");

        Assert.Equal(1, exitCode);
        Assert.Contains($":{port}", errors, StringComparison.Ordinal);
        Assert.Contains("--urls", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Emulator_port_in_use_is_named_with_the_way_to_choose_another()
    {
        using var taken = Take(out var port);

        var (exitCode, _, errors) = await SampleProcess.RunAsync("Development", "--urls", "http://127.0.0.1:0", $"--Emulator:Port={port}");

        Assert.Equal(1, exitCode);
        Assert.Contains($"{port}", errors, StringComparison.Ordinal);
        Assert.Contains("--Emulator:Port=", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    private static Socket Take(out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }
}
