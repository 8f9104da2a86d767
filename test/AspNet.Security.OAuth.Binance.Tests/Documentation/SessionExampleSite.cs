// The code stands here as a reader would write it, without the tests' own tokens.
#pragma warning disable xUnit1051
using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// A site with the pages of docs/sessions.md, on a free port of 127.0.0.1.
/// </summary>
internal sealed class SessionExampleSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SessionExampleSite(WebApplication app, BinanceEmulator binance, TestTime clock) => (_app, Binance, Clock) = (app, binance, clock);

    public BinanceEmulator Binance { get; }

    public TestTime Clock { get; }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>The users whom the site turns away.</summary>
    public HashSet<string> Disabled { get; } = [];

    public static async Task<SessionExampleSite> StartAsync()
    {
        var binance = await BinanceEmulator.StartAsync();
        var clock = new TestTime(binance);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddAntiforgery();
        builder.Services.AddAuthorizationBuilder().AddPolicy(
            "administrators", policy => policy.RequireClaim(ClaimTypes.NameIdentifier, BinanceEmulatorDefaults.SecondUserId));

        builder.Services
            .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie()
            .AddBinance()
            .AddBinanceServerSessions(sessions =>
            {
                sessions.UnavailablePath = "/unavailable";
                sessions.MaximumLifetime = TimeSpan.FromDays(30);
            });

        SessionExampleSite? site = null;
        builder.Services.Configure<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme, cookie => cookie.LoginPath = "/login");
        builder.Services.Configure<BinanceAuthenticationOptions>(BinanceAuthenticationDefaults.AuthenticationScheme, options =>
        {
            (options.ClientId, options.ClientSecret) = (BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.ClientSecret);
            options.UseServer(binance.BaseAddress);
            TurnAway(options, user => Task.FromResult(site!.Disabled.Contains(user)));
        });

        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        MapDevices(app);
        MapAdministration(app);
        app.MapGet("/login", () => Results.Challenge(new() { RedirectUri = "/who" }, [BinanceAuthenticationDefaults.AuthenticationScheme]));
        app.MapGet("/who", (HttpContext context) => context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "nobody");
        app.MapGet("/disabled", () => "disabled");
        app.MapGet("/form", (HttpContext context, IAntiforgery antiforgery) => antiforgery.GetAndStoreTokens(context).RequestToken);
        await app.StartAsync();
        return site = new(app, binance, clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Binance.DisposeAsync();
    }

    private static void TurnAway(BinanceAuthenticationOptions options, Func<string, Task<bool>> isDisabled)
    {
        Task<bool> IsDisabledAsync(string user) => isDisabled(user);

        options.Events.OnTicketReceived = async context =>
        {
            if (await IsDisabledAsync(context.Principal!.FindFirstValue(ClaimTypes.NameIdentifier)!))
            {
                context.Response.Redirect("/disabled");
                context.HandleResponse();
            }
        };
    }

    private static void MapDevices(WebApplication app)
    {
        app.MapGet("/devices", async (HttpContext context, BinanceSessions sessions, IAntiforgery antiforgery) =>
        {
            var current = sessions.GetCurrentId(context);
            var token = antiforgery.GetAndStoreTokens(context);
            var devices = (await sessions.ListAsync(UserOf(context))).Select(session => $"""
                <li>
                  Signed in {session.SignedInAt:u}, until {session.ExpiresAt:u}{(session.Id == current ? ": this device" : "")}
                  {(session.Id == current ? "" : Button(token, session.Id, "Sign out there"))}
                </li>
                """);
            return Results.Content(
                $"<!doctype html><title>Your devices</title><ul>{string.Concat(devices)}</ul>{Button(token, "", "Sign out on all others")}",
                "text/html; charset=utf-8");
        }).RequireAuthorization();

        app.MapPost("/devices/end", async (HttpContext context, BinanceSessions sessions, TimeProvider time, [FromForm] string? id) =>
        {
            var (user, current) = (UserOf(context), sessions.GetCurrentId(context));
            var list = await sessions.ListAsync(user);

            // Requires a recent sign-in, so that nobody else at this browser can end the user's other sessions.
            if (list.FirstOrDefault(session => session.Id == current) is not { } own || time.GetUtcNow() - own.SignedInAt > TimeSpan.FromMinutes(5))
            {
                return Results.Challenge(new() { RedirectUri = "/devices" }, [BinanceAuthenticationDefaults.AuthenticationScheme]);
            }

            foreach (var session in list.Where(session => string.IsNullOrEmpty(id) ? session.Id != current : session.Id == id))
            {
                await sessions.EndAsync(user, session.Id);
            }

            return Results.LocalRedirect("/devices");
        }).RequireAuthorization();

        static string UserOf(HttpContext context) => context.User.FindFirstValue(ClaimTypes.NameIdentifier)!;

        static string Button(AntiforgeryTokenSet token, string id, string text) => $"""
            <form method="post" action="/devices/end">
              <input type="hidden" name="{token.FormFieldName}" value="{token.RequestToken}">
              <input type="hidden" name="id" value="{id}">
              <button>{text}</button>
            </form>
            """;
    }

    private static void MapAdministration(WebApplication app)
    {
        app.MapPost("/users/{userId}/end-sessions", async (HttpContext context, BinanceSessions sessions, IAntiforgery antiforgery, string userId) =>
        {
            if (!await antiforgery.IsRequestValidAsync(context))
            {
                return Results.BadRequest();
            }

            await sessions.EndAllAsync(userId);
            return Results.NoContent();
        }).RequireAuthorization("administrators");
    }
}
