using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using static AspNet.Security.OAuth.Binance.Tests.Emulator.CrossOriginRequests;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>Allowed origins in an application with and without its own CORS policies.</summary>
public sealed class CorsApplicationTests
{
    [Fact]
    public async Task The_origins_are_allowed_in_an_application_without_CORS()
    {
        await using var application = await StartAsync(app =>
        {
            app.Use((context, next) =>
            {
                context.Response.Headers.Vary = "Accept-Encoding";
                return next(context);
            });
            app.MapGroup("/binance").MapBinanceEmulator();
        });

        using var preflight = await PreflightAsync(application.Http, "/binance/oauth-api/v1/user-info", "GET", "authorization", Origin);
        using var call = await SendAsync(application.Http, "GET", "/binance/oauth-api/v1/user-info", Origin);
        using var status = await SendAsync(application.Http, "GET", "/binance/emulator", Origin);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Unauthorized), (preflight.StatusCode, call.StatusCode));
        Assert.Equal(
            ["Access-Control-Allow-Headers: authorization", "Access-Control-Allow-Methods: GET", $"Access-Control-Allow-Origin: {Origin}", "Access-Control-Max-Age: 60", "Vary: Accept-Encoding, Origin"],
            CrossOriginHeaders(preflight));
        Assert.Equal([$"Access-Control-Allow-Origin: {Origin}", "Vary: Accept-Encoding, Origin"], CrossOriginHeaders(call));
        Assert.Equal(["Vary: Accept-Encoding"], CrossOriginHeaders(status));
    }

    [Fact]
    public async Task The_origins_are_allowed_in_an_application_with_named_CORS_policies()
    {
        await using var application = await StartAsync(
            app =>
            {
                app.UseCors();
                app.MapBinanceEmulator();
                app.MapGet("/api", () => "api").RequireCors("api").AllowAnonymous();
            },
            services => services.AddCors(options => options.AddPolicy("api", policy => policy.WithOrigins("https://other.example").AllowCredentials())));

        using var preflight = await PreflightAsync(application.Http, "/oauth/token", "POST", "content-type", Origin);
        using var other = await SendAsync(application.Http, "POST", "/oauth/token", "https://other.example");
        using var api = await SendAsync(application.Http, "GET", "/api", "https://other.example");

        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        AssertReadable(preflight);
        Assert.Empty(CrossOriginHeaders(other));
        Assert.True(api.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task The_default_CORS_policy_of_an_application_handles_the_preflights()
    {
        await using var application = await StartAsync(
            app =>
            {
                app.UseCors();
                app.MapBinanceEmulator();
            },
            services => services.AddCors(options => options.AddDefaultPolicy(policy => policy.WithOrigins("https://other.example"))));

        using var preflight = await PreflightAsync(application.Http, "/oauth/token", "POST", "content-type", Origin);
        using var call = await SendAsync(application.Http, "POST", "/oauth/token", Origin);

        Assert.Empty(CrossOriginHeaders(preflight));
        AssertReadable(call);
    }

    private static Task<GuardedApplication> StartAsync(Action<WebApplication> map, Action<IServiceCollection>? services = null) => GuardedApplication.StartInMemoryAsync(
        map,
        added =>
        {
            GuardedApplication.RequireSignIn(added);
            services?.Invoke(added);
        },
        options => options.AllowedOrigins.Add(Origin));
}
