using AspNet.Security.OAuth.Binance.Tests.Sessions;
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
/// What an application is told when it starts.
/// </summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_site_without_a_client_id_is_told_nothing_but_that()
    {
        var exception = await FailToStartAsync(services => services.AddAuthentication("Cookies").AddCookie().AddBinance().AddBinanceServerSessions());

        Assert.DoesNotContain("AddBinanceServerSessions", exception.ToString().Split("   at ")[0], StringComparison.Ordinal);
        Assert.IsType<OptionsValidationException>(exception);
    }

    [Theory]
    [InlineData("configure")]
    [InlineData("post-configure")]
    [InlineData("validate")]
    public async Task A_store_of_the_application_stops_the_start_however_it_was_set(string way)
    {
        var exception = await FailToStartAsync(services =>
        {
            AddBinance(services.AddAuthentication("Cookies").AddCookie()).AddBinanceServerSessions();
            var options = services.AddOptions<CookieAuthenticationOptions>("Cookies");
            _ = way switch
            {
                "configure" => options.Configure(SetStore),
                "post-configure" => options.PostConfigure(SetStore),
                _ => options.Validate(cookie =>
                {
                    SetStore(cookie);
                    return true;
                }),
            };
        });

        Assert.Contains("SessionStore", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Identity_without_a_named_cookie_is_told_to_name_it()
    {
        var exception = await FailToStartAsync(services =>
        {
            services.AddIdentity<IdentityUser, IdentityRole>();
            AddBinance(services.AddAuthentication()).AddBinanceServerSessions();
        });

        Assert.Contains("Name the cookie", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Identitys_application_cookie_keeps_its_sessions_on_the_server(bool isApi)
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
    public async Task A_scheme_that_each_request_selects_has_to_be_named()
    {
        void Add(IServiceCollection services, Action<AuthenticationBuilder> sessions)
        {
            var builder = services.AddAuthentication("Smart").AddCookie()
                .AddPolicyScheme("Smart", null, options => options.ForwardDefaultSelector = static _ => "Cookies");
            AddBinance(builder);
            sessions(builder);
        }

        var exception = await FailToStartAsync(services => Add(services, builder => builder.AddBinanceServerSessions()));
        Assert.Contains("Name the cookie", exception.Message, StringComparison.Ordinal);

        await using var app = Build(services => Add(services, builder => builder.AddBinanceServerSessions("Cookies").AddBinanceServerSessions("Cookies")));
        await app.StartAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(Options(app, "Cookies").SessionStore);
    }

    [Fact]
    public async Task Every_service_can_be_made_in_a_container_that_validates()
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
    public async Task Options_of_Binance_may_be_taken_from_those_of_the_cookie(bool onServer)
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
    public async Task Options_of_Binance_that_are_taken_from_those_of_a_cookie_need_its_name()
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
    public async Task A_cookie_that_forwards_its_sign_ins_is_no_place_for_sessions()
    {
        var exception = await FailToStartAsync(services => AddBinance(services.AddAuthentication("Cookies")
            .AddCookie(options => options.ForwardSignIn = "Other")
            .AddCookie("Other")).AddBinanceServerSessions());

        Assert.Contains("AddBinanceServerSessions", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_wrong_is_said_to_be_wrong()
    {
        var exception = await FailToStartAsync(services => AddBinance(services.AddAuthentication("Cookies").AddCookie()).AddBinanceServerSessions("Cokies"));

        Assert.Contains("'Cokies'", exception.Message, StringComparison.Ordinal);
        Assert.IsType<OptionsValidationException>(exception);
    }

    private static void SetStore(CookieAuthenticationOptions options) => options.SessionStore = new MemoryTicketStore();

    private static CookieAuthenticationOptions Options(WebApplication app, string cookie)
        => app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(cookie);

    private static AuthenticationBuilder AddBinance(AuthenticationBuilder builder, Action<BinanceAuthenticationOptions>? configure = null)
        => builder.AddBinance(options =>
        {
            (options.ClientId, options.ClientSecret) = ("id", "hush");
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
