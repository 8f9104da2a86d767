using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Options;

/// <summary>
/// Endpoints have to be https (RFC 6749 sections 3.1 and 3.2): over plain http the client secret, codes and tokens can be read in the network.
/// Loopback, where an emulator listens, is exempt.
/// </summary>
public sealed class HttpsEndpointOptionsTests
{
    private static readonly Dictionary<string, Action<BinanceAuthenticationOptions, string>> _endpoints = new()
    {
        [nameof(BinanceAuthenticationOptions.AuthorizationEndpoint)] = (options, url) => options.AuthorizationEndpoint = url,
        [nameof(BinanceAuthenticationOptions.TokenEndpoint)] = (options, url) => options.TokenEndpoint = url,
        [nameof(BinanceAuthenticationOptions.UserInformationEndpoint)] = (options, url) => options.UserInformationEndpoint = url,
        [nameof(BinanceAuthenticationOptions.RevocationEndpoint)] = (options, url) => options.RevocationEndpoint = url,
    };

    private static readonly string[] _plain =
    [
        "http://server.example/a",
        "HTTP://SERVER.EXAMPLE/a",
        "http://emulator:5210/a",
        "http://10.0.0.5/a",
        "http://0.0.0.0:5210/a",
        "http://[2001:db8::1]:5210/a",
        "http://localhost.server.example/a",
        "http://127.0.0.1.server.example/a",
        "http://localhost@server.example/a",
        "http://server.example/?localhost",
    ];

    private static readonly string[] _accepted =
    [
        "https://server.example/a",
        "http://localhost/a",
        "http://LOCALHOST:5210/a",
        "http://127.0.0.1:5210/a",
        "http://[::1]:5210/a",
    ];

    public static TheoryData<string, string> Plain => Product(_plain);

    public static TheoryData<string, string> Accepted => Product(_accepted);

    [Theory]
    [MemberData(nameof(Plain))]
    public void Plain_http_off_loopback_is_refused_by_the_names_of_the_endpoint_and_of_the_option(string endpoint, string url)
    {
        var options = Valid();
        _endpoints[endpoint](options, url);

        var exception = Assert.Throws<OptionsValidationException>(() => options.Validate("Binance"));

        var failure = Assert.Single(exception.Failures);
        Assert.StartsWith(endpoint + " ", failure, StringComparison.Ordinal);
        Assert.Contains("RequireHttpsEndpoints", failure, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Https_and_loopback_are_accepted(string endpoint, string url)
    {
        var options = Valid();
        _endpoints[endpoint](options, url);

        options.Validate("Binance");
    }

    [Fact]
    public void Another_server_on_plain_http_is_refused_with_all_four_endpoints()
    {
        var options = Valid();
        options.UseServer(new Uri("http://emulator:5210"));

        var exception = Assert.Throws<OptionsValidationException>(() => options.Validate("Binance"));

        Assert.Equal(_endpoints.Keys, exception.Failures.Select(failure => failure.Split(' ')[0]));
    }

    [Fact]
    public void Of_a_server_at_two_addresses_each_is_checked()
    {
        var options = Valid();
        options.UseServer(new Uri("http://localhost:5210"), new Uri("http://emulator:5210"));

        var exception = Assert.Throws<OptionsValidationException>(() => options.Validate("Binance"));

        Assert.Equal(["TokenEndpoint", "UserInformationEndpoint", "RevocationEndpoint"], exception.Failures.Select(failure => failure.Split(' ')[0]));
    }

    [Fact]
    public async Task A_site_with_an_endpoint_on_plain_http_does_not_start()
    {
        await using var site = Build(new() { ["TokenEndpoint"] = "http://server.example/oauth/token" });

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => site.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("TokenEndpoint", exception.Message, StringComparison.Ordinal);
        Assert.Contains("RequireHttpsEndpoints", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_configuration_can_switch_RequireHttpsEndpoints_off()
    {
        await using var site = Build(new() { ["TokenEndpoint"] = "http://server.example/oauth/token", ["RequireHttpsEndpoints"] = "false" });
        await site.StartAsync(TestContext.Current.CancellationToken);

        var options = site.Services.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get("Binance");

        Assert.Equal("http://server.example/oauth/token", options.TokenEndpoint);
    }

    [Fact]
    public async Task A_wrong_value_in_the_configuration_is_named()
    {
        await using var site = Build(new() { ["RequireHttpsEndpoints"] = "hunter2" });

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => site.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("Authentication:Schemes:Binance:RequireHttpsEndpoints", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", exception.ToString(), StringComparison.Ordinal);
    }

    private static TheoryData<string, string> Product(string[] urls)
    {
        var rows = new TheoryData<string, string>();
        foreach (var endpoint in _endpoints.Keys)
        {
            foreach (var url in urls)
            {
                rows.Add(endpoint, url);
            }
        }

        return rows;
    }

    private static BinanceAuthenticationOptions Valid() => new() { ClientId = "client", ClientSecret = "secret" };

    private static WebApplication Build(Dictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        builder.Configuration.AddInMemoryCollection(settings.Concat([new("ClientId", "id"), new("ClientSecret", "secret")])
            .ToDictionary(setting => $"Authentication:Schemes:Binance:{setting.Key}", setting => setting.Value));
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddLogging().AddAuthentication("Cookies").AddCookie().AddBinance();
        return builder.Build();
    }
}
