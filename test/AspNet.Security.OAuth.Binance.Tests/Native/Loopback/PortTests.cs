using System.Net;
using System.Net.Sockets;
using AspNet.Security.OAuth.Binance.Tests.Native.Loopback.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Loopback;

/// <summary>
/// The port of a sign-in.
/// </summary>
public sealed class PortTests
{
    [Fact]
    public async Task Port_of_the_redirect_URI_is_the_one_that_is_listened_to()
    {
        var port = LoopbackPort.Free();
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.RedirectUri = $"http://127.0.0.1:{port}{LoopbackSignIn.Path}");

        Assert.Equal(port, signIn.Request.RedirectUri.Port);
        await signIn.FinishAsync();
        await signIn.SucceedsAsync();
    }

    // Servers compare redirect URIs as strings.
    [Fact]
    public async Task Redirect_URI_with_a_port_is_sent_as_it_was_written()
    {
        var redirectUri = $"http://127.0.0.1:0{LoopbackPort.Free()}{LoopbackSignIn.Path}";
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.RedirectUri = redirectUri);

        Assert.Equal(redirectUri, signIn.Request.RedirectUri.OriginalString);
    }

    [Fact]
    public async Task Port_of_the_redirect_URI_that_is_in_use_fails_the_sign_in()
    {
        using var other = Listen(IPAddress.Loopback);
        var port = PortOf(other);
        await using var signIn = await LoopbackSignIn.TryStartAsync(options =>
        {
            options.RedirectUri = $"http://127.0.0.1:{port}{LoopbackSignIn.Path}";
            options.LoopbackPorts.Add(LoopbackPort.Free());
        });

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => signIn.Session.WaitAsync(TestTimeout.Token));

        Assert.Equal(BinanceFailure.PortUnavailable, failure.Failure);
        Assert.Contains($"port {port} ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ports_are_tried_in_their_order()
    {
        using var other = Listen(IPAddress.Loopback);
        int[] ports = [PortOf(other), LoopbackPort.Free(), LoopbackPort.Free()];
        await using var signIn = await LoopbackSignIn.StartAsync(options => Array.ForEach(ports, options.LoopbackPorts.Add));

        Assert.Equal(ports[1], signIn.Request.RedirectUri.Port);
        await signIn.FinishAsync();
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Ports_that_are_all_in_use_fail_the_sign_in_and_are_named()
    {
        using var one = Listen(IPAddress.Loopback);
        using var another = Listen(IPAddress.Loopback);
        await using var signIn = await LoopbackSignIn.TryStartAsync(options =>
        {
            options.LoopbackPorts.Add(PortOf(one));
            options.LoopbackPorts.Add(PortOf(another));
        });

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => signIn.Session.WaitAsync(TestTimeout.Token));

        Assert.Equal(BinanceFailure.PortUnavailable, failure.Failure);
        Assert.Contains($"ports {PortOf(one)}, {PortOf(another)} ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_can_be_listened_to_again_at_once()
    {
        var redirectUri = $"http://127.0.0.1:{LoopbackPort.Free()}{LoopbackSignIn.Path}";
        for (var i = 0; i < 3; i++)
        {
            await using var signIn = await LoopbackSignIn.StartAsync(options => options.RedirectUri = redirectUri);
            await signIn.FinishAsync();
            await signIn.SucceedsAsync();
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1/signin-binance", "127.0.0.1", true)]
    [InlineData("http://127.0.0.1/signin-binance", "[::1]", false)]
    [InlineData("http://[::1]/signin-binance", "[::1]", true)]
    [InlineData("http://[::1]/signin-binance", "127.0.0.1", false)]
    [InlineData("http://localhost/signin-binance", "127.0.0.1", true)]
    [InlineData("http://localhost/signin-binance", "[::1]", true)]
    public async Task Address_that_is_listened_to_is_that_of_the_redirect_URI(string redirectUri, string address, bool isListenedTo)
    {
        await using var signIn = await LoopbackSignIn.StartAtAsync(redirectUri);
        using var client = new Socket(IPAddress.Parse(address).AddressFamily, SocketType.Stream, ProtocolType.Tcp);

        var failure = await Record.ExceptionAsync(() => client.ConnectAsync(IPAddress.Parse(address), signIn.Request.RedirectUri.Port, TestContext.Current.CancellationToken).AsTask());

        Assert.Equal(isListenedTo, failure is null);
    }

    [Theory]
    [InlineData("http://[::1]/signin-binance")]
    [InlineData("http://localhost/signin-binance")]
    public async Task Sign_in_succeeds_at_each_loopback_host(string redirectUri)
    {
        await using var signIn = await LoopbackSignIn.StartAtAsync(redirectUri);

        Assert.Equal(303, (await signIn.GetAsync(signIn.Request.LaunchUrl.PathAndQuery))?.Status);
        Assert.Equal(200, (await signIn.FinishAsync())?.Status);
        await signIn.SucceedsAsync();
    }

    // Port 80 is not free to most users, and Uri does not tell it from a missing one.
    [Theory]
    [InlineData(80)]
    [InlineData(0)]
    public async Task Port_80_and_port_0_count_as_none(int port)
    {
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.RedirectUri = $"http://127.0.0.1:{port}/signin-binance");

        Assert.Equal($"http://127.0.0.1:{signIn.Request.RedirectUri.Port}/signin-binance", signIn.Request.RedirectUri.OriginalString);
        Assert.NotEqual(port, signIn.Request.RedirectUri.Port);
        await signIn.FinishAsync();
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Port_of_localhost_that_is_in_use_on_either_address_is_in_use()
    {
        using var v4 = Listen(IPAddress.Loopback);
        using var v6 = Listen(IPAddress.IPv6Loopback);
        var free = LoopbackPort.Free();
        await using var signIn = await LoopbackSignIn.StartAsync(options =>
        {
            options.RedirectUri = "http://localhost/signin-binance";
            options.LoopbackPorts.Add(PortOf(v4));
            options.LoopbackPorts.Add(PortOf(v6));
            options.LoopbackPorts.Add(free);
        });

        Assert.Equal(free, signIn.Request.RedirectUri.Port);

        // The port is closed on the other address, where it was free.
        await LoopbackSignIn.ClosedAsync(new Uri($"http://127.0.0.1:{PortOf(v6)}"));
    }

    private static TcpListener Listen(IPAddress address)
    {
        var listener = new TcpListener(address, 0);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
