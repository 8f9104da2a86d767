using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The login endpoints are the site's login page and failure page, unless the application sets pages of its own.
/// </summary>
public sealed class PathTests
{
    /// <summary>The places where an application can set an option. Each adds the cookie itself.</summary>
    private static readonly Dictionary<string, Action<SiteSetup, Action<CookieAuthenticationOptions>, Action<BinanceAuthenticationOptions>>> _places = new()
    {
        ["by the delegates"] = (setup, cookie, binance) => (setup.Cookie, setup.Binance) = (cookie, binance),
        ["by Configure before anything"] = (setup, cookie, binance) => setup.ServicesBefore = services => services.Configure("Cookies", cookie).Configure("Binance", binance),
        ["by Configure after everything"] = (setup, cookie, binance) => setup.Authentication = schemes => schemes.Services.Configure("Cookies", cookie).Configure("Binance", binance),
        ["by ConfigureAll"] = (setup, cookie, binance) => setup.Authentication = schemes => schemes.Services.ConfigureAll(cookie).ConfigureAll(binance),
        ["by PostConfigure before anything"] = (setup, cookie, binance) => setup.ServicesBefore = services => services.PostConfigure("Cookies", cookie).PostConfigure("Binance", binance),
        ["by PostConfigure after everything"] = (setup, cookie, binance) => setup.Authentication = schemes => schemes.Services.PostConfigure("Cookies", cookie).PostConfigure("Binance", binance),
        ["by PostConfigureAll"] = (setup, cookie, binance) => setup.Authentication = schemes => schemes.Services.PostConfigureAll(cookie).PostConfigureAll(binance),
        ["by AddOptions"] = (setup, cookie, binance) => setup.Authentication = schemes =>
        {
            schemes.Services.AddOptions<CookieAuthenticationOptions>("Cookies").Configure<IServiceProvider>((options, _) => cookie(options));
            schemes.Services.AddOptions<BinanceAuthenticationOptions>("Binance").Configure<IServiceProvider>((options, _) => binance(options));
        },
        ["with the cookie after Binance"] = (setup, cookie, binance) =>
        {
            setup.Binance = binance;
            setup.Schemes = services => services.AddAuthentication("Cookies");
            setup.Authentication = schemes => schemes.AddCookie(cookie);
        },
    };

    public static MatrixTheoryData<string, SessionPlace> Places => new(_places.Keys, [SessionPlace.Cookie, SessionPlace.Server]);

    public static TheoryData<string> PlacesOfOptions => [.. _places.Keys];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Paths_that_the_application_does_not_set_are_those_of_the_group(string where, SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place, setup => _places[where](setup, static _ => { }, static _ => { }));

        site.AssertPaths("/auth/login", "/auth/failed", "/auth/failed");
        Assert.Equal("/Account/AccessDenied", site.CookieOptions().AccessDeniedPath);
        Assert.Equal("/Account/Logout", site.CookieOptions().LogoutPath);
    }

    [Theory]
    [MemberData(nameof(PlacesOfOptions))]
    public async Task A_login_path_of_the_application_is_kept(string where)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => _places[where](setup, cookie => cookie.LoginPath = "/sign-in", static _ => { }));

        site.AssertPaths("/sign-in", "/auth/failed", "/auth/failed");
    }

    // A site that has such a page and says so.
    [Theory]
    [MemberData(nameof(PlacesOfOptions))]
    public async Task A_login_path_of_the_application_that_is_the_framework_s_default_is_kept(string where)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance, configure: setup => _places[where](setup, cookie => cookie.LoginPath = CookieAuthenticationDefaults.LoginPath, static _ => { }));

        site.AssertPaths("/Account/Login", "/auth/failed", "/auth/failed");
    }

    [Theory]
    [MemberData(nameof(PlacesOfOptions))]
    public async Task With_a_failure_path_of_the_application_the_access_denied_path_stays_unset(string where)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => _places[where](setup, static _ => { }, options => options.FailurePath = "/own"));

        site.AssertPaths("/auth/login", "/own", null);
    }

    [Theory]
    [MemberData(nameof(PlacesOfOptions))]
    public async Task An_access_denied_path_of_the_application_is_kept(string where)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => _places[where](setup, static _ => { }, options => options.AccessDeniedPath = "/denied"));

        site.AssertPaths("/auth/login", "/auth/failed", "/denied");
    }

    [Theory]
    [MemberData(nameof(PlacesOfOptions))]
    public async Task Both_paths_of_the_application_are_kept(string where)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance, configure: setup => _places[where](setup, static _ => { }, options => (options.FailurePath, options.AccessDeniedPath) = ("/own", "/denied")));

        site.AssertPaths("/auth/login", "/own", "/denied");
    }

    [Theory]
    [InlineData("FailurePath", "/own", null)]
    [InlineData("AccessDeniedPath", "/auth/failed", "/own")]
    public async Task A_path_of_the_configuration_is_kept(string key, string failurePath, string? accessDeniedPath)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Authentication = schemes
            => schemes.Services.AddSingleton<IConfiguration>(Configuration(("Authentication:Schemes:Binance:" + key, "/own"))));

        site.AssertPaths("/auth/login", failurePath, accessDeniedPath);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task Options_that_the_application_reads_while_it_starts_are_created_again(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place, setup => setup.BeforeAuthentication = app =>
        {
            _ = app.ApplicationServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Cookies");
            _ = app.ApplicationServices.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get("Binance");
        });

        site.AssertPaths("/auth/login", "/auth/failed", "/auth/failed");
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task Options_that_are_created_again_have_the_same_paths(SessionPlace place)
    {
        var configuration = Configuration(("Site:ExpireTimeSpan", "01:00:00"));
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place, setup => setup.Authentication = schemes =>
        {
            schemes.Services.AddSingleton<IConfiguration>(configuration);
            schemes.Services.AddSingleton<IOptionsChangeTokenSource<CookieAuthenticationOptions>>(
                new ConfigurationChangeTokenSource<CookieAuthenticationOptions>("Cookies", configuration));
            schemes.Services.AddSingleton<IOptionsChangeTokenSource<BinanceAuthenticationOptions>>(
                new ConfigurationChangeTokenSource<BinanceAuthenticationOptions>("Binance", configuration));
        });
        var (cookie, options) = (site.CookieOptions(), site.Options);

        configuration.Reload();

        Assert.NotSame(cookie, site.CookieOptions());
        Assert.NotSame(options, site.Options);
        site.AssertPaths("/auth/login", "/auth/failed", "/auth/failed");

        configuration["Authentication:Schemes:Binance:FailurePath"] = "/own";
        configuration.Reload();
        site.AssertPaths("/auth/login", "/own", null);

        configuration["Authentication:Schemes:Binance:FailurePath"] = null;
        configuration.Reload();
        site.AssertPaths("/auth/login", "/auth/failed", "/auth/failed");
    }

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] values)
        => new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(pair => pair.Key, string? (pair) => pair.Value)).Build();
}
