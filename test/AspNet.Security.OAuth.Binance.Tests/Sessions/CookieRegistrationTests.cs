using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// Cookies that an application registers after its start, and an application without logging.
/// </summary>
public sealed class CookieRegistrationTests
{
    private static readonly Dictionary<string, Action<IServiceProvider>> _registrations = new()
    {
        ["a scheme"] = AddScheme,
        ["a scheme with options of its own"] = services =>
        {
            var options = services.GetRequiredService<IOptionsFactory<CookieAuthenticationOptions>>().Create("Late");
            Assert.True(services.GetRequiredService<IOptionsMonitorCache<CookieAuthenticationOptions>>().TryAdd("Late", options));
            AddScheme(services);
        },
        ["a scheme, removed and added again"] = services =>
        {
            AddScheme(services);
            services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Late");
            services.GetRequiredService<IAuthenticationSchemeProvider>().RemoveScheme("Late");
            services.GetRequiredService<IOptionsMonitorCache<CookieAuthenticationOptions>>().TryRemove("Late");
            AddScheme(services);
        },
    };

    /// <summary>How the cookie is added, and where the sessions of the first cookie are.</summary>
    public static MatrixTheoryData<string, SessionPlace> Registrations => new([.. _registrations.Keys], [SessionPlace.Cookie, SessionPlace.Server]);

    [Theory]
    [MemberData(nameof(Registrations))]
    public async Task Tokens_of_a_cookie_added_at_run_time_are_refreshed_and_revoked(string registration, SessionPlace others)
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Binance = options => options.SignInScheme = "Late";
            new SessionStorage(others, "Cookies").Configure(setup);
        });
        _registrations[registration](site.Services);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));

        var refreshed = await browser.SessionAsync("Late");
        Assert.True(refreshed.SignedIn);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(refreshed.AccessToken, (await browser.SessionAsync("Late")).AccessToken);

        await browser.GetAsync("/sign-out?scheme=Late");
        Assert.Empty(browser.CookieHeader());
        Assert.Equal("Bearer " + refreshed.AccessToken, Assert.Single(site.Revocations).Authorization);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Tokens_of_a_cookie_whose_options_are_recreated_at_run_time_are_refreshed_and_revoked(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(new SessionStorage(place).Configure);
        var browser = await site.SignedInAsync();
        Assert.True(site.Services.GetRequiredService<IOptionsMonitorCache<CookieAuthenticationOptions>>().TryRemove("Cookies"));
        site.Clock.Pass(TimeSpan.FromMinutes(56));

        var refreshed = await browser.SessionAsync();
        await browser.GetAsync("/sign-out");

        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal("Bearer " + refreshed.AccessToken, Assert.Single(site.Revocations).Authorization);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Challenge_refresh_and_revocation_work_without_logging(bool onServer)
    {
        await using var emulator = await BinanceEmulator.StartAsync(
            options => options.AccessTokenLifetime = TestSite.TokenLifetime, TestContext.Current.CancellationToken);
        var clock = new TestTime(emulator);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        var authentication = services.AddAuthentication("Cookies").AddCookie().AddBinance(options =>
        {
            (options.ClientId, options.ClientSecret) = (BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.ClientSecret);
            options.UseServer(emulator.BaseAddress);
        });
        if (onServer)
        {
            authentication.AddBinanceServerSessions();
        }

        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        using var server = await StartAsync(provider, app =>
        {
            app.UseAuthentication();
            app.Run(context => context.Request.Path.Value switch
            {
                "/login" => context.ChallengeAsync("Binance"),
                "/sign-in" => context.SignInAsync(CookieSites.User("somebody"), CookieSites.NewTicket(emulator, clock)),
                "/sign-out" => context.SignOutAsync(),
                _ => Task.CompletedTask,
            });
        });

        using var challenge = await server.CreateRequest("/login").GetAsync();
        Assert.Equal(HttpStatusCode.Redirect, challenge.StatusCode);
        Assert.Equal(emulator.BaseAddress.Authority, challenge.Headers.Location!.Authority);

        var signedIn = await CookieAsync(server, "/sign-in", cookie: null);
        clock.Pass(TimeSpan.FromMinutes(56));
        var refreshed = await CookieAsync(server, "/", signedIn);
        Assert.Equal(onServer, refreshed is null);
        Assert.NotEqual(signedIn, refreshed);
        Assert.Equal("refresh_token", Assert.Single(emulator.Requests.To(EmulatorEndpoint.Token)).GrantType);

        Assert.Equal(SiteResponse.CookieName + "=", await CookieAsync(server, "/sign-out", refreshed ?? signedIn));
        Assert.Equal(200, Assert.Single(emulator.Requests.To(EmulatorEndpoint.Revoke)).Status);
    }

    private static void AddScheme(IServiceProvider services) => services.GetRequiredService<IAuthenticationSchemeProvider>()
        .AddScheme(new AuthenticationScheme("Late", displayName: null, typeof(CookieAuthenticationHandler)));

    // The one cookie that a response sets, if it sets any.
    private static async Task<string?> CookieAsync(TestServer server, string path, string? cookie)
    {
        var request = server.CreateRequest(path);
        using var response = await (cookie is null ? request : request.AddHeader("Cookie", cookie)).GetAsync();
        return response.Headers.TryGetValues("Set-Cookie", out var cookies) ? Assert.Single(cookies).Split(';')[0] : null;
    }

    // Without a host, which would add logging.
    private static async Task<TestServer> StartAsync(IServiceProvider services, Action<IApplicationBuilder> configure)
    {
        var app = new ApplicationBuilder(services);
        configure(app);
        var server = new TestServer(services);
        await ((IServer)server).StartAsync(new Application(services, app.Build()), TestContext.Current.CancellationToken);
        return server;
    }

    private sealed class Application(IServiceProvider services, RequestDelegate pipeline) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures)
            => new DefaultHttpContext(contextFeatures) { ServiceScopeFactory = services.GetRequiredService<IServiceScopeFactory>() };

        public Task ProcessRequestAsync(HttpContext context) => pipeline(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
