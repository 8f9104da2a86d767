using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// The sample as it would run on a server: with credentials, and mostly behind a proxy that ends TLS.
/// </summary>
public sealed class SampleInProductionTests
{
    private static readonly IPAddress _proxy = IPAddress.Parse("10.0.0.5");

    [Fact]
    public async Task With_credentials_the_site_uses_binance_and_starts_no_emulator()
    {
        await using var sample = Start();

        using var response = await GetAsync(sample, "https://www.example.com/account/login");

        Assert.StartsWith(
            "https://accounts.binance.com/en/oauth/authorize?client_id=the-client&", response.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
        Assert.Null(sample.Services.GetService<BinanceEmulator>());
    }

    [Fact]
    public async Task Plain_http_is_redirected_to_https_and_https_is_served()
    {
        await using var sample = Start();

        using var plain = await GetAsync(sample, "http://www.example.com/");
        using var secure = await GetAsync(sample, "https://www.example.com/");

        Assert.Equal("https://www.example.com/", plain.Headers.Location!.AbsoluteUri);
        Assert.NotEmpty(secure.Headers.GetValues("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Correlation_cookie_is_secure()
    {
        await using var sample = Start();

        using var response = await GetAsync(sample, "https://www.example.com/account/login");

        Assert.Contains("; secure;", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("10.0.0.5", true)]
    [InlineData("10.0.0.6", false)]
    public async Task Forwarded_scheme_is_accepted_from_the_known_proxy_only(string remote, bool believed)
    {
        await using var sample = Start(IPAddress.Parse(remote));

        using var response = await GetAsync(sample, "http://www.example.com/account/login", ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.9"));

        var location = response.Headers.Location!.AbsoluteUri;
        Assert.Equal(believed, location.Contains("redirect_uri=https%3A%2F%2Fwww.example.com%2Fsignin-binance", StringComparison.Ordinal));
        Assert.Equal(!believed, location == "https://www.example.com/account/login");
    }

    [Fact]
    public async Task Forwarded_host_and_prefix_are_never_accepted()
    {
        await using var sample = Start();

        using var response = await GetAsync(
            sample,
            "https://www.example.com/account/login",
            ("X-Forwarded-Host", "evil.example"),
            ("X-Forwarded-Prefix", "/evil"),
            ("X-Original-Host", "evil.example"),
            ("Forwarded", "host=evil.example"));

        var location = response.Headers.Location!.AbsoluteUri;
        Assert.Contains("redirect_uri=https%3A%2F%2Fwww.example.com%2Fsignin-binance&", location, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", location, StringComparison.Ordinal);
    }

    private static WebApplicationFactory<Program> Start(IPAddress? remote = null)
        => new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            builder.UseEnvironment("Production");
            builder.UseSetting("Authentication:Schemes:Binance:ClientId", "the-client");
            builder.UseSetting("Authentication:Schemes:Binance:ClientSecret", "the-secret");
            builder.UseSetting("ForwardedHeaders:KnownProxies:0", _proxy.ToString());
            builder.UseSetting("HTTPS_PORT", "443");
            builder.UseSetting("hostBuilder:reloadConfigOnChange", "false");
            builder.ConfigureServices(services => services.AddSingleton<IStartupFilter>(new ComesFrom(remote ?? _proxy)));
        });

    private static async Task<HttpResponseMessage> GetAsync(WebApplicationFactory<Program> sample, string url, params (string Name, string Value)[] headers)
    {
        using var client = sample.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url));
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The in-memory server knows no addresses; this gives each request one.</summary>
    private sealed class ComesFrom(IPAddress remote) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(rest => context =>
            {
                context.Connection.RemoteIpAddress = remote;
                return rest(context);
            });
            next(app);
        };
    }
}
