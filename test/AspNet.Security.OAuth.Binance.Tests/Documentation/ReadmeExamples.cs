// The code stands here as a reader would write it, without the tests' own tokens and logging delegates.
#pragma warning disable xUnit1051, CA1848
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The code of the readmes, run. <see cref="ReadmeTests"/> holds that it is the same to the letter.
/// </summary>
public sealed class ReadmeExamples
{
    [Fact]
    public async Task Three_lines_sign_somebody_in_with_values_from_the_configuration()
    {
        var builder = SiteBuilder();
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true);
        builder.Configuration["Authentication:Schemes:Binance:ClientId"] = BinanceEmulatorDefaults.ClientId;
        builder.Configuration["Authentication:Schemes:Binance:ClientSecret"] = BinanceEmulatorDefaults.ClientSecret;
        builder.Services.Configure<BinanceAuthenticationOptions>("Binance", options => options.UseServer(binance.BaseAddress));

        builder.Services
            .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie()
            .AddBinance();

        await using var app = builder.Build();
        app.UseAuthentication();
        MapLoginAndLogout(app);
        await app.StartAsync(TestContext.Current.CancellationToken);

        var location = await LoginAsync(app, "/login?returnUrl=%2Fwanted");

        Assert.Equal("/wanted", location);
    }

    [Fact]
    public async Task Challenge_asks_for_scopes_and_a_language_of_its_own()
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
    public async Task Emulator_answers_as_it_is_told_and_the_failure_is_typed()
    {
        var site = SiteBuilder();
        var statuses = new List<int?>();
        site.Logging.ClearProviders();
        var builder = site.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
        WebApplication app = null!;

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
                    app.Logger.LogWarning("Binance answered with status {Status}", failure.StatusCode);
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

        app = site.Build();
        await using var running = app;
        app.UseAuthentication();
        MapLoginAndLogout(app);
        await app.StartAsync(TestContext.Current.CancellationToken);

        binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        binance.Clock.Advance(TimeSpan.FromHours(9));

        Assert.Equal("/failed?failure=unavailable&returnUrl=%2F", await LoginAsync(app, "/login"));
        Assert.Equal(503, Assert.Single(statuses));
    }

    private static WebApplicationBuilder SiteBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddAntiforgery();
        return builder;
    }

    private static void MapLoginAndLogout(WebApplication app)
    {
        app.MapGet("/login", (string? returnUrl) => Results.Challenge(
            new AuthenticationProperties { RedirectUri = LocalUrl(returnUrl) },
            [BinanceAuthenticationDefaults.AuthenticationScheme]));

        app.MapPost("/logout", async (HttpContext context, IAntiforgery antiforgery) =>
        {
            await antiforgery.ValidateRequestAsync(context);
            return Results.SignOut(
                new AuthenticationProperties { RedirectUri = "/" },
                [CookieAuthenticationDefaults.AuthenticationScheme]);
        });
    }

    private static string LocalUrl(string? returnUrl)
        => returnUrl is ['/', not ('/' or '\\'), ..] ? returnUrl : "/";

    // Over the site, the emulator that consents by itself, and the callback: where the site sends the browser in the end.
    private static async Task<string> LoginAsync(WebApplication app, string path)
    {
        var token = TestContext.Current.CancellationToken;
        var cookies = new CookieContainer();
        using var site = new HttpClient(new CookieKeeper(app.GetTestServer().CreateHandler(), cookies)) { BaseAddress = new Uri("http://localhost") };
        using var binance = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });

        using var challenge = await site.GetAsync(path, token);
        using var consent = await binance.GetAsync(challenge.Headers.Location, token);
        using var callback = await site.GetAsync(consent.Headers.Location!.PathAndQuery, token);
        return callback.Headers.Location!.OriginalString;
    }

    private sealed class CookieKeeper(HttpMessageHandler inner, CookieContainer cookies) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.TryAddWithoutValidation("Cookie", cookies.GetCookieHeader(request.RequestUri!));
            var response = await base.SendAsync(request, cancellationToken);
            foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var values) ? values : [])
            {
                cookies.SetCookies(request.RequestUri!, cookie);
            }

            return response;
        }
    }
}
