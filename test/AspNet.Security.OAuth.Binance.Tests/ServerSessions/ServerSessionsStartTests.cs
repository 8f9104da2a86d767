using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The start of applications with sessions on the server.
/// </summary>
public sealed class ServerSessionsStartTests
{
    [Fact]
    public async Task The_error_about_a_missing_client_id_does_not_mention_server_sessions()
    {
        var exception = await FailToStartAsync(services => services.AddAuthentication("Cookies").AddCookie().AddBinance().AddBinanceServerSessions());

        Assert.DoesNotContain("AddBinanceServerSessions", exception.ToString().Split("   at ")[0], StringComparison.Ordinal);
        Assert.IsType<OptionsValidationException>(exception);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Identity_s_application_cookie_keeps_its_sessions_on_the_server(bool isApi)
    {
        await using var app = Build(services =>
        {
            if (isApi)
            {
                services.AddIdentityApiEndpoints<IdentityUser>();
                AddBinance(services.AddAuthentication(), options => options.SignInScheme = IdentityConstants.ExternalScheme).AddBinanceServerSessions(IdentityConstants.ApplicationScheme);
            }
            else
            {
                var builder = services.AddAuthentication(IdentityConstants.ApplicationScheme);
                builder.AddIdentityCookies();
                AddBinance(builder, options => options.SignInScheme = IdentityConstants.ExternalScheme).AddBinanceServerSessions(IdentityConstants.ApplicationScheme);
                services.AddIdentityCore<IdentityUser>();
            }
        });
        await app.StartAsync(TestContext.Current.CancellationToken);

        Assert.NotNull(Options(app, IdentityConstants.ApplicationScheme).SessionStore);
        Assert.Null(Options(app, IdentityConstants.ExternalScheme).SessionStore);
    }

    [Fact]
    public async Task A_cookie_whose_options_are_made_before_the_start_has_the_store()
    {
        await using var app = Build(services => AddBinance(services.AddAuthentication("Cookies").AddBinanceServerSessions()).AddCookie());

        var store = Options(app, "Cookies").SessionStore;
        app.Services.GetRequiredService<IOptionsMonitorCache<CookieAuthenticationOptions>>().Clear();
        await app.StartAsync(TestContext.Current.CancellationToken);

        Assert.NotNull(store);
        Assert.NotNull(Options(app, "Cookies").SessionStore);
    }

    [Fact]
    public async Task A_validating_container_creates_every_service()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        AddBinance(services.AddLogging().AddAuthentication("Cookies").AddBinanceServerSessions("Cookies").AddCookie());

        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        Assert.NotNull(provider.GetRequiredService<BinanceSessions>());
    }

    [Fact]
    public async Task The_options_are_read_from_a_configuration()
    {
        await using var app = Build(services =>
        {
            AddBinance(services.AddAuthentication("Cookies").AddCookie()).AddBinanceServerSessions();
            services.Configure<BinanceServerSessionsOptions>(new ConfigurationBuilder()
                .AddInMemoryCollection([new("UnavailablePath", "/away"), new("MaximumLifetime", "30.00:00:00")]).Build());
        });

        var options = app.Services.GetRequiredService<IOptions<BinanceServerSessionsOptions>>().Value;

        Assert.Equal("/away", options.UnavailablePath);
        Assert.Equal(TimeSpan.FromDays(30), options.MaximumLifetime);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Binance_options_can_be_read_from_those_of_a_named_cookie(bool onServer)
    {
        await using var app = Build(services =>
        {
            var builder = AddBinance(services.AddAuthentication("Cookies").AddCookie(options => options.AccessDeniedPath = "/denied"));
            services.AddOptions<BinanceAuthenticationOptions>("Binance").Configure<IServiceProvider>((options, provider)
                => options.AccessDeniedPath = provider.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Cookies").AccessDeniedPath);
            if (onServer)
            {
                builder.AddBinanceServerSessions("Cookies");
            }
        });

        await app.StartAsync(TestContext.Current.CancellationToken);

        Assert.NotNull(app.Services.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get("Binance"));
    }

    [Fact]
    public async Task Binance_options_that_are_read_from_those_of_a_cookie_need_its_name()
    {
        var exception = await FailToStartAsync(services =>
        {
            AddBinance(services.AddAuthentication("Cookies").AddCookie(options => options.AccessDeniedPath = "/denied")).AddBinanceServerSessions();
            services.AddOptions<BinanceAuthenticationOptions>("Binance").Configure<IServiceProvider>((options, provider)
                => options.AccessDeniedPath = provider.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Cookies").AccessDeniedPath);
        });

        Assert.Contains("Name the cookie", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cookie_whose_own_options_are_refused_fails_the_start()
    {
        var exception = await FailToStartAsync(services =>
        {
            services.AddAuthentication("Cookies").AddCookie().AddBinanceServerSessions("Cookies");
            services.AddOptions<CookieAuthenticationOptions>("Cookies").Validate(static _ => false, "The application refuses this cookie.");
        });

        Assert.Contains("The application refuses this cookie.", exception.ToString(), StringComparison.Ordinal);
    }

    private static CookieAuthenticationOptions Options(WebApplication app, string cookie)
        => app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(cookie);

    private static AuthenticationBuilder AddBinance(AuthenticationBuilder builder, Action<BinanceAuthenticationOptions>? configure = null)
        => builder.AddBinance(options =>
        {
            (options.ClientId, options.ClientSecret) = ("id", "secret");
            configure?.Invoke(options);
        });

    private static async Task<Exception> FailToStartAsync(Action<IServiceCollection> configure)
    {
        await using var app = Build(configure);
        return await Assert.ThrowsAnyAsync<Exception>(() => app.StartAsync(TestContext.Current.CancellationToken));
    }

    private static WebApplication Build(Action<IServiceCollection> configure)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        builder.Services.AddLogging().AddDataProtection().UseEphemeralDataProtectionProvider();
        configure(builder.Services);
        return builder.Build();
    }
}
