using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The code of docs/security.md, run.
/// </summary>
public sealed class SecurityExamples
{
    [Fact]
    public async Task Cookies_of_the_example_can_be_set_by_no_other_host_and_are_deleted()
    {
        using var binance = new BinanceStub();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();

        builder.Services
            .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(options =>
            {
                options.Cookie.Name = "__Host-Session";
                options.Cookie.Path = "/";
                options.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            })
            .AddBinance(options =>
            {
                options.CorrelationCookie.Name = "__Host-Correlation.";
                options.CorrelationCookie.Path = "/";
                options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.Always;
            });

        builder.Services.PostConfigure<BinanceAuthenticationOptions>("Binance", options =>
        {
            options.ClientId = "client";
            options.ClientSecret = "secret";
            options.UseServer(binance.Address);
        });
        await using var app = builder.Build();
        app.UseAuthentication();
        app.MapGet("/login", () => Results.Challenge(new AuthenticationProperties { RedirectUri = "/" }, ["Binance"]));
        await app.StartAsync(TestContext.Current.CancellationToken);

        var (challenge, correlation) = await GetAsync(app, "/login", cookie: null);
        var state = Uri.EscapeDataString(new AuthorizeRequest(challenge!).State);
        var mark = Assert.Single(correlation);
        var (_, after) = await GetAsync(app, $"/signin-binance?code=code&state={state}", $"{mark.Name}={mark.Value}");

        Assert.StartsWith("__Host-Correlation.", mark.Name.Value, StringComparison.Ordinal);
        Assert.Equal(DateTimeOffset.UnixEpoch, after.Single(cookie => cookie.Name == mark.Name).Expires);
        Assert.NotEmpty(after.Single(cookie => cookie.Name == "__Host-Session").Value.Value!);
        Assert.All([mark, .. after], cookie =>
        {
            Assert.True(cookie.Secure);
            Assert.Equal("/", cookie.Path.Value);
            Assert.False(cookie.Domain.HasValue);
        });
    }

    [Theory]
    [InlineData("192.0.2.7", "198.51.100.7")]
    [InlineData("2001:db8:0:1::7", "2001:db8:0:2::7")]
    public async Task Callbacks_of_one_client_are_limited_before_their_codes_are_sent(string client, string another)
    {
        using var binance = new BinanceStub();
        await using var app = await StartWithLimitAsync(binance);
        for (var i = 0; i < 30; i++)
        {
            using var invented = await ComeBackAsync(app, client, await ChallengeAsync(app, client));
            Assert.Equal(HttpStatusCode.Redirect, invented.StatusCode);
        }

        var genuine = await ChallengeAsync(app, client);
        using var refused = await ComeBackAsync(app, client, genuine);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.False(refused.Headers.Contains("Set-Cookie"));
        Assert.Equal(30, binance.TokenRequests.Count);

        // Nothing was spent. The limiter has a clock of its own, so that another client stands for a later time.
        using var accepted = await ComeBackAsync(app, another, genuine);
        Assert.Contains(accepted.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith(".AspNetCore.Cookies=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Addresses_of_one_ipv6_network_are_one_client()
    {
        using var binance = new BinanceStub();
        await using var app = await StartWithLimitAsync(binance);
        for (var i = 0; i < 30; i++)
        {
            using var invented = await ComeBackAsync(app, $"2001:db8:0:1::{i:x}", await ChallengeAsync(app, "192.0.2.7"));
        }

        using var refused = await ComeBackAsync(app, "2001:db8:0:1:ffff::1", await ChallengeAsync(app, "192.0.2.7"));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
    }

    private static async Task<WebApplication> StartWithLimitAsync(BinanceStub binance)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.Configure<ForwardedHeadersOptions>(options => options.ForwardedHeaders = ForwardedHeaders.XForwardedFor);
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie().AddBinance(options =>
        {
            options.ClientId = "client";
            options.ClientSecret = "secret";
            options.UseServer(binance.Address);
        });

        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
                context.Request.Path == BinanceAuthenticationDefaults.CallbackPath
                    ? RateLimitPartition.GetFixedWindowLimiter(
                        ClientOf(context), _ => new() { PermitLimit = 30, Window = TimeSpan.FromMinutes(1) })
                    : RateLimitPartition.GetNoLimiter("any other page"));
        });

        // An IPv6 client has a network of addresses.
        static string ClientOf(HttpContext context) => context.Connection.RemoteIpAddress switch
        {
            { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } address
                => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
            var address => $"{address?.MapToIPv4()}",
        };

        var app = builder.Build();

        app.UseForwardedHeaders();
        app.UseRateLimiter();
        app.UseAuthentication();

        app.MapGet("/login", () => Results.Challenge(new AuthenticationProperties { RedirectUri = "/" }, ["Binance"]));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task<(string Callback, string Cookie)> ChallengeAsync(WebApplication app, string client)
    {
        using var response = await SendAsync(app, "/login", null, client);
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie")).Split(';')[0];
        return ($"/signin-binance?code=code&state={Uri.EscapeDataString(new AuthorizeRequest(response.Headers.Location!).State)}", cookie);
    }

    private static Task<HttpResponseMessage> ComeBackAsync(WebApplication app, string client, (string Callback, string Cookie) challenge)
        => SendAsync(app, challenge.Callback, challenge.Cookie, client);

    private static async Task<(Uri? Location, IList<SetCookieHeaderValue> Cookies)> GetAsync(WebApplication app, string path, string? cookie)
    {
        using var response = await SendAsync(app, path, cookie);
        return (response.Headers.Location, SetCookieHeaderValue.ParseList([.. response.Headers.GetValues("Set-Cookie")]));
    }

    private static async Task<HttpResponseMessage> SendAsync(WebApplication app, string path, string? cookie, string? client = null)
    {
        using var http = new HttpClient(app.GetTestServer().CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri("https://site.example"), path));
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        if (client is not null)
        {
            request.Headers.Add("X-Forwarded-For", client);
        }

        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
