// The code stands here as a reader would write it, without the tests' own tokens and logging delegates.
#pragma warning disable xUnit1051, CA1848
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The code of the package's readme, docs/site.md, docs/failures.md and docs/going-live.md, run. <see cref="ReadmeTests"/> holds that it is the same to the letter. The README's site is in
/// <see cref="ReadmeSiteTests"/>.
/// </summary>
public sealed class ReadmeExamples
{
    [Fact]
    public async Task Three_lines_are_enough_for_a_site_with_a_configuration()
    {
        var builder = SiteBuilder();
        Configure(builder);

        builder.Services
            .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie()
            .AddBinance();

        await using var app = builder.Build();
        await app.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal("the-client", app.Services.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get("Binance").ClientId);
    }

    [Theory]
    [InlineData("10.0.0.5", "https")]
    [InlineData("10.0.0.6", "http")]
    public async Task Proxy_is_trusted_by_its_address(string remote, string scheme)
    {
        var builder = SiteBuilder();
        Configure(builder);
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie().AddBinance();

        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            options.KnownIPNetworks.Clear();
            options.KnownProxies.Clear();
            options.KnownProxies.Add(IPAddress.Parse("10.0.0.5"));
        });

        await using var app = builder.Build();

        // The in-memory server knows no addresses.
        app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse(remote);
            return next(context);
        });

        app.UseForwardedHeaders();

        app.UseAuthentication();
        app.MapGet("/login", () => Results.Challenge(new() { RedirectUri = "/" }, [BinanceAuthenticationDefaults.AuthenticationScheme]));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/login");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");

        using var response = await app.GetTestClient().SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal($"{scheme}://localhost/signin-binance", new AuthorizeRequest(response.Headers.Location!).Query["redirect_uri"].Single());
    }

    [Fact]
    public async Task A_challenge_requests_its_own_scopes_and_language()
    {
        var builder = SiteBuilder();
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie().AddBinance(options =>
        {
            options.ClientId = "client";
            options.ClientSecret = "secret";
        });
        await using var app = builder.Build();
        app.MapGet("/trade/connect", () =>
        {
            var properties = new BinanceChallengeProperties { RedirectUri = "/trade", Locale = "tr" };
            properties.SetScope(BinanceAuthenticationConstants.Scopes.OpenId, BinanceAuthenticationConstants.Scopes.CreateApiKey);
            return Results.Challenge(properties, [BinanceAuthenticationDefaults.AuthenticationScheme]);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);

        using var response = await app.GetTestClient().GetAsync("/trade/connect", TestContext.Current.CancellationToken);

        var location = response.Headers.Location!;
        Assert.StartsWith("https://accounts.binance.com/tr/oauth/authorize?", location.AbsoluteUri, StringComparison.Ordinal);
        Assert.Contains("scope=user:openId,create:apikey&", WebUtility.UrlDecode(location.Query), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_emulator_returns_a_fault_and_the_failure_is_typed()
    {
        var site = WebApplication.CreateSlimBuilder();
        var statuses = new List<int?>();
        var builder = site.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();

        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true);

        builder.AddBinance(options =>
        {
            options.UseServer(binance.BaseAddress);
            options.ClientId = BinanceEmulatorDefaults.ClientId;
            options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
        });

        site.Services.Configure<BinanceAuthenticationOptions>("Binance", options =>
        {
            options.FailurePath = "/failed";

            options.Events.OnRemoteFailure = context =>
            {
                if (context.Failure is BinanceAuthenticationException { Failure: BinanceFailure.Unavailable } failure)
                {
                    var logger = context.HttpContext.RequestServices.GetRequiredService<ILogger<Program>>();
                    logger.LogWarning("Binance responded with status {Status}", failure.StatusCode);
                }

                return Task.CompletedTask;
            };

            var handler = options.Events.OnRemoteFailure;
            options.Events.OnRemoteFailure = context =>
            {
                statuses.Add((context.Failure as BinanceAuthenticationException)?.StatusCode);
                return handler(context);
            };
        });

        await using var app = site.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/login", () => Results.Challenge(new() { RedirectUri = "/" }, [BinanceAuthenticationDefaults.AuthenticationScheme]));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var browser = new ReadmeBrowser(new Uri(app.Urls.Single()));

        binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        Assert.Equal("/failed?failure=unavailable&returnUrl=%2F", (await browser.OpenAsync("/login")).Url.PathAndQuery);
        Assert.Equal(503, Assert.Single(statuses));
    }

    private static WebApplicationBuilder SiteBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        return builder;
    }

    private static void Configure(WebApplicationBuilder builder)
    {
        builder.Configuration["Authentication:Schemes:Binance:ClientId"] = "the-client";
        builder.Configuration["Authentication:Schemes:Binance:ClientSecret"] = "the-secret";
    }
}
