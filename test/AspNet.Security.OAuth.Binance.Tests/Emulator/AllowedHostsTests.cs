using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

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
    public async Task A_proxy_may_pass_on_an_allowed_name_and_no_other_one_of_loopback_included(string host, HttpStatusCode status)
    {
        Emulator.Options.AllowedHosts.Add("abc.example.com");

        using var response = await Visitor.Http.SendAsync(
            HttpMethod.Get, "/oauth-api/v1/user-info", $"Host: {host}", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Host: abc.example.com", "Via: 1.1 tunnel");

        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("abc.example.com", HttpStatusCode.Unauthorized)]
    [InlineData("localhost", HttpStatusCode.Forbidden)]
    public async Task Another_machine_may_call_an_allowed_name_and_no_other_one_of_loopback_included(string host, HttpStatusCode status)
    {
        await using var application = await StartInMemoryAsync();

        var context = await application.GetTestServer().SendAsync(
            context =>
            {
                context.Request.Path = "/oauth-api/v1/user-info";
                context.Request.Method = "GET";
                context.Request.Host = new(host);
                context.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
            },
            Cancellation);

        Assert.Equal((int)status, context.Response.StatusCode);
    }

    [Fact]
    public async Task A_proxy_whose_headers_an_application_has_consumed_may_pass_on_an_allowed_name()
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
    public async Task Names_can_be_added_and_removed_while_it_runs()
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
    public async Task A_name_of_loopback_that_is_added_is_allowed_as_any_other()
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
    public void Without_a_name_it_listens_on_loopback_alone()
        => Assert.Equal([IPAddress.Loopback], ListenersOn(Emulator.BaseAddress.Port));

    [Fact]
    public async Task With_a_name_it_listens_on_every_address()
    {
        await using var emulator = await BinanceEmulator.StartAsync(options => options.AllowedHosts.Add("emulator"), Cancellation);

        Assert.Equal([IPAddress.Any], ListenersOn(emulator.BaseAddress.Port));
        Assert.Equal("127.0.0.1", emulator.BaseAddress.Host);
        using var visitor = new Visitor(emulator);
        using var response = await visitor.UserInfoAsync(null);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task With_a_name_and_a_given_port_it_listens_on_every_address_of_both_families()
    {
        var port = FreePort();
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
    public async Task A_name_that_is_added_later_does_not_listen_elsewhere()
    {
        Emulator.Options.AllowedHosts.Add("emulator");
        using var visitor = new Visitor(Emulator);
        using var response = await visitor.UserInfoAsync(null);

        Assert.Equal([IPAddress.Loopback], ListenersOn(Emulator.BaseAddress.Port));
    }

    [Theory]
    [InlineData("http://emulator", "emulator")]
    [InlineData("https://abc.example.com/", "abc.example.com")]
    [InlineData("emulator:5210", "emulator")]
    [InlineData("[::1]:5210", "[::1]")]
    [InlineData("::1", null)]
    [InlineData("emulator/", "emulator")]
    [InlineData("emulator/path", "emulator")]
    [InlineData("emulator?", "emulator")]
    [InlineData("user@emulator", "emulator")]
    [InlineData(" emulator", null)]
    [InlineData("127.1", "127.0.0.1")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("*", null)]
    [InlineData("*.example.com", null)]
    [InlineData(".example.com", null)]
    [InlineData("a b", null)]
    [InlineData("a,b", null)]
    [InlineData(" ", null)]
    [InlineData("", null)]
    public void What_is_no_host_name_is_refused_with_a_word_on_what_one_is(string entry, string? meant)
    {
        var exception = Assert.Throws<ArgumentException>(() => Emulator.Options.AllowedHosts.Add(entry));

        Assert.StartsWith($"'{entry}' is not a host name. A host name has no scheme, port, path or wildcard", exception.Message, StringComparison.Ordinal);
        Assert.Equal(meant is not null, exception.Message.Contains($" Is it {meant}?", StringComparison.Ordinal));
        Assert.Equal(meant is not null, exception.Message.Contains(" Is it ", StringComparison.Ordinal));
        Assert.Empty(Emulator.Options.AllowedHosts);
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

    [Fact]
    public void Names_are_a_set_without_case()
    {
        var hosts = Emulator.Options.AllowedHosts;
        hosts.Add("emulator");
        hosts.Add("EMULATOR");
        hosts.Add("abc.example.com");

        Assert.Equal(["emulator", "abc.example.com"], hosts);
        Assert.True(hosts.Contains("Emulator"));
        Assert.True(hosts.Remove("eMulator"));
        Assert.False(hosts.Remove("emulator"));
        hosts.Clear();
        Assert.Empty(hosts);
        Assert.Throws<ArgumentNullException>(() => hosts.Add(null!));
    }

    private static async Task<WebApplication> StartInMemoryAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development", Args = ["--AllowedHosts=*"] });
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddBinanceEmulator(options => options.AllowedHosts.Add("abc.example.com"));
        var application = builder.Build();
        application.MapBinanceEmulator();
        await application.StartAsync(Cancellation);
        return application;
    }

    private static IEnumerable<IPAddress> ListenersOn(int port)
        => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => listener.Port == port).Select(listener => listener.Address);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // IDNA has no ASCII form of them, so that no browser sends them.
    [Fact]
    public void A_name_without_an_ascii_form_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Emulator.Options.AllowedHosts.Add("xn--ü"));
        Assert.Throws<ArgumentException>(() => Emulator.Options.AllowedOrigins.Add("http://xn--ü"));
    }
}
