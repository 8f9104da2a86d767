using System.Net;
using System.Net.NetworkInformation;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>Requests to an allowed host, and the addresses that the emulator then listens on.</summary>
public sealed class AllowedHostsTests : EmulatorTest
{
    [Theory]
    [InlineData("emulator")]
    [InlineData("EMULATOR:5210")]
    public async Task An_allowed_name_is_compared_without_case_and_port(string host)
    {
        Emulator.Options.AllowedHosts.Add("Emulator");

        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, "/oauth-api/v1/user-info", $"Host: {host}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("abc.example.com", HttpStatusCode.Unauthorized)]
    [InlineData("localhost", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1", HttpStatusCode.Forbidden)]
    [InlineData("other.example.com", HttpStatusCode.Forbidden)]
    public async Task A_proxy_can_forward_an_allowed_name_and_no_other_name(string host, HttpStatusCode status)
    {
        Emulator.Options.AllowedHosts.Add("abc.example.com");

        using var response = await Visitor.Http.SendAsync(
            HttpMethod.Get, "/oauth-api/v1/user-info", $"Host: {host}", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Host: abc.example.com", "Via: 1.1 tunnel");

        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("abc.example.com", HttpStatusCode.Unauthorized)]
    [InlineData("localhost", HttpStatusCode.Forbidden)]
    public async Task Another_machine_can_use_an_allowed_name_and_no_other_name(string host, HttpStatusCode status)
    {
        await using var application = await GuardedApplication.StartInMemoryAsync(configure: options => options.AllowedHosts.Add("abc.example.com"));

        var response = await application.SendAsync("GET", "/oauth-api/v1/user-info", context =>
        {
            context.Request.Host = new(host);
            context.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
        });

        Assert.Equal((int)status, response.Response.StatusCode);
    }

    [Fact]
    public async Task A_proxy_whose_headers_were_removed_can_forward_an_allowed_name()
    {
        var trustAll = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All };
        trustAll.KnownProxies.Clear();
        trustAll.KnownIPNetworks.Clear();
        await using var application = await GuardedApplication.StartAsync(app => app.UseForwardedHeaders(trustAll));
        application.Emulator.Options.AllowedHosts.Add("abc.example.com");

        using var response = await application.GetAsync("/binance/oauth-api/v1/user-info", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Host: abc.example.com");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Host_names_can_be_added_and_removed_while_the_emulator_runs()
    {
        var statuses = new List<HttpStatusCode>();
        await CallAsync();
        Emulator.Options.AllowedHosts.Add("abc.example.com");
        await CallAsync();
        Emulator.Options.AllowedHosts.Remove("ABC.example.com");
        await CallAsync();

        Assert.Equal([HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden], statuses);

        async Task CallAsync()
        {
            using var response = await Visitor.Http.SendAsync(HttpMethod.Get, "/oauth-api/v1/user-info", "Host: abc.example.com");
            statuses.Add(response.StatusCode);
        }
    }

    [Fact]
    public async Task An_added_name_of_loopback_is_allowed_for_all_machines()
    {
        await using var emulator = await BinanceEmulator.StartAsync(options => options.AllowedHosts.Add("LOCALHOST"), Cancellation);
        using var visitor = new Visitor(emulator);

        using var forwarded = await visitor.Http.SendAsync(HttpMethod.Get, "/oauth-api/v1/user-info", "Host: localhost", "Via: 1.1 proxy");
        using var other = await visitor.Http.SendAsync(HttpMethod.Get, "/oauth-api/v1/user-info", "Host: 127.0.0.1", "Via: 1.1 proxy");
        using var page = await visitor.Http.SendAsync(HttpMethod.Get, "/emulator");

        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized),
            (forwarded.StatusCode, other.StatusCode, page.StatusCode));
        Assert.Equal([IPAddress.Any], ListenersOn(emulator.BaseAddress.Port));
    }

    [Fact]
    public void Without_an_allowed_host_the_emulator_listens_on_loopback_alone()
        => Assert.Equal([IPAddress.Loopback], ListenersOn(Emulator.BaseAddress.Port));

    [Fact]
    public async Task With_an_allowed_host_the_emulator_listens_on_every_address()
    {
        await using var emulator = await BinanceEmulator.StartAsync(options => options.AllowedHosts.Add("emulator"), Cancellation);

        Assert.Equal([IPAddress.Any], ListenersOn(emulator.BaseAddress.Port));
        Assert.Equal("127.0.0.1", emulator.BaseAddress.Host);
        using var visitor = new Visitor(emulator);
        using var response = await visitor.UserInfoAsync(null);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task With_an_allowed_host_and_a_port_the_emulator_listens_on_IPv4_and_IPv6()
    {
        var port = LoopbackPort.Free();
        await using var emulator = await BinanceEmulator.StartAsync(
            options =>
            {
                options.Port = port;
                options.AllowedHosts.Add("emulator");
            },
            Cancellation);

        Assert.Contains(Assert.Single(ListenersOn(port)), new[] { IPAddress.IPv6Any, IPAddress.Any });
        Assert.Equal(new Uri($"http://localhost:{port}"), emulator.BaseAddress);
    }

    [Fact]
    public async Task A_host_that_is_added_later_does_not_change_the_listeners()
    {
        Emulator.Options.AllowedHosts.Add("emulator");
        using var visitor = new Visitor(Emulator);
        using var response = await visitor.UserInfoAsync(null);

        Assert.Equal([IPAddress.Loopback], ListenersOn(Emulator.BaseAddress.Port));
    }

    [Theory]
    [InlineData("emulator", "emulator")]
    [InlineData("Binance_Emulator", "binance_emulator:80")]
    [InlineData("abc.ngrok-free.app", "abc.ngrok-free.app")]
    [InlineData("192.168.1.2", "192.168.1.2:5210")]
    [InlineData("[2001:db8::1]", "[2001:DB8::1]:5210")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("emulator.localhost", "emulator.localhost:5210")]
    public async Task Host_names_and_addresses_can_be_allowed(string entry, string host)
    {
        Emulator.Options.AllowedHosts.Add(entry);

        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, "/oauth-api/v1/user-info", $"Host: {host}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private static IEnumerable<IPAddress> ListenersOn(int port)
        => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => listener.Port == port).Select(listener => listener.Address);
}
