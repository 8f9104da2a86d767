using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>Requests that are, or may be, of another machine.</summary>
public sealed class LoopbackGuardTests : EmulatorTest
{
    [Theory]
    [InlineData("Forwarded: for=203.0.113.9")]
    [InlineData("Via: 1.1 proxy")]
    [InlineData("X-Real-IP: 203.0.113.9")]
    [InlineData("x-real-ip: 127.0.0.1")]
    [InlineData("X-Forwarded-For: 203.0.113.9")]
    [InlineData("X-Forwarded-For: 127.0.0.1")]
    [InlineData("X-Forwarded-Host: shop.example.com")]
    [InlineData("X-Forwarded-Proto: https")]
    [InlineData("x-forwarded-port: 443")]
    [InlineData("X-Forwarded-Prefix: /x")]
    [InlineData("X-Forwarded-Anything: ")]
    [InlineData("X-Original-For: 127.0.0.1:1")]
    [InlineData("X-Original-Host: shop.example.com")]
    [InlineData("X-Original-URL: /x")]
    public async Task A_request_through_a_proxy_is_refused(string header)
    {
        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, "/", header);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(403, Emulator.Requests.Single().Status);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("LocalHost:65535")]
    [InlineData("127.0.0.1:80")]
    [InlineData("[::1]:80")]
    public async Task Loopback_names_are_compared_without_case_and_port(string host)
    {
        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, "/", $"Host: {host}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("localhost.")]
    [InlineData("localhost.example.com")]
    [InlineData("127.0.0.1.example.com")]
    [InlineData("127.0.0.2")]
    [InlineData("0.0.0.0")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::2]")]
    [InlineData("emulator")]
    [InlineData("192.168.1.2")]
    [InlineData("xn--a")]
    public async Task Another_name_is_refused(string host)
    {
        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, "/", $"Host: {host}");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("AllowedHosts", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_very_long_name_is_refused_and_not_in_the_response()
    {
        var host = string.Join('.', Enumerable.Repeat("abcdefgh", 900));

        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, "/", $"Host: {host}");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.DoesNotContain("abcdefgh", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 127.0.0.1")]
    [InlineData("X-Forwarded-For: 127.0.0.1:54321")]
    [InlineData("X-Forwarded-For: 203.0.113.9")]
    [InlineData("X-Forwarded-For: ::1")]
    [InlineData("X-Forwarded-Proto: https")]
    public async Task A_forged_header_is_refused_where_the_environment_trusts_every_proxy(string header)
    {
        // ASPNETCORE_FORWARDEDHEADERS_ENABLED=true as a setting of the configuration.
        await using var application = await GuardedApplication.StartAsync(args: ["--ForwardedHeaders_Enabled=true"]);

        using var forged = await application.GetAsync("/binance/emulator", header);
        using var plain = await application.GetAsync("/binance/emulator");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (forged.StatusCode, plain.StatusCode));
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_consumed_header_of_any_name_is_refused_by_what_the_connection_says(HttpProtocols protocols)
    {
        await using var application = await GuardedApplication.StartAsync(
            app => app.UseForwardedHeaders(TrustAll(new() { ForwardedForHeaderName = "X-Client", OriginalForHeaderName = "X-Client-Before" })), protocols: protocols);

        using var forged = await application.GetAsync("/binance/emulator", "X-Client: 127.0.0.1");
        using var plain = await application.GetAsync("/binance/emulator");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (forged.StatusCode, plain.StatusCode));
    }

    [Fact]
    public async Task A_removed_host_header_is_detected_by_the_headers_of_the_middleware()
    {
        await using var application = await GuardedApplication.StartAsync(app => app.UseForwardedHeaders(TrustAll(new() { ForwardedHostHeaderName = "X-Host" })));

        using var response = await application.GetAsync("/binance/emulator", "Host: public.example.com", "X-Host: localhost");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task A_request_without_its_remote_address_is_refused()
    {
        await using var application = await GuardedApplication.StartAsync(app => app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = null;
            return next(context);
        }));

        using var response = await application.GetAsync("/binance/emulator");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task An_IPv4_address_mapped_to_IPv6_is_the_same_address()
    {
        await using var application = await GuardedApplication.StartAsync(app => app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = context.Connection.RemoteIpAddress!.MapToIPv6();
            return next(context);
        }));

        using var response = await application.GetAsync("/binance/emulator");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_Unix_socket_is_local()
    {
        var socket = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.sock");
        await using var application = await GuardedApplication.StartAsync(socket: socket);

        using var plain = await application.GetAsync("/binance/emulator");
        using var forwarded = await application.GetAsync("/binance/emulator", "X-Forwarded-For: 127.0.0.1");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (plain.StatusCode, forwarded.StatusCode));
    }

    [Fact]
    public async Task A_Unix_socket_with_a_remote_address_is_refused()
    {
        var socket = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.sock");
        await using var application = await GuardedApplication.StartAsync(
            app => app.UseForwardedHeaders(TrustAll(new() { ForwardedForHeaderName = "X-Client", OriginalForHeaderName = "X-Client-Before" })), socket: socket);

        using var response = await application.GetAsync("/binance/emulator", "X-Client: 127.0.0.1");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task A_refused_request_changes_nothing_and_uses_up_no_fault()
    {
        var issued = Emulator.Tokens.Issue();
        Emulator.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Status(500));

        using var response = await Visitor.Http.SendAsync(
            HttpMethod.Post, "/oauth-api/v1/revoke-token", "Host: attacker.example.com", $"Authorization: Bearer {issued.AccessToken}");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.True(Emulator.Tokens.IsLive(issued.AccessToken));
        Assert.Equal(1, Emulator.Faults.PendingCount);
        Assert.Equal(403, Emulator.Requests.Single().Status);
    }

    private static ForwardedHeadersOptions TrustAll(ForwardedHeadersOptions options)
    {
        options.ForwardedHeaders = ForwardedHeaders.All;
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        return options;
    }
}
