using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The endpoints are the site's login page and the page of a failed sign-in, where the application has no pages of its own.
/// </summary>
public sealed class PathTests
{
    /// <summary>Where an application can set an option. Each adds the cookie itself, at its place.</summary>
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
    public async Task What_the_application_does_not_set_becomes_the_group_s(string where, SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place, setup => _places[where](setup, static _ => { }, static _ => { }));

        AssertPaths(site, "/auth/login", "/auth/failed", "/auth/failed");
        Assert.Equal("/Account/AccessDenied", site.CookieOptions().AccessDeniedPath);
        Assert.Equal("/Account/Logout", site.CookieOptions().LogoutPath);
    }

    [Theory]
    [MemberData(nameof(PlacesOfOptions))]
    public async Task A_login_path_of_the_application_s_stays(string where)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => _places[where](setup, cookie => cookie.LoginPath = "/sign-in", static _ => { }));

        AssertPaths(site, "/sign-in", "/auth/failed", "/auth/failed");
    }

    // A site that has such a page and says so.
    [Theory]
    [MemberData(nameof(PlacesOfOptions))]
    public async Task A_login_path_of_the_application_s_that_is_the_framework_s_default_stays(string where)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance, configure: setup => _places[where](setup, cookie => cookie.LoginPath = CookieAuthenticationDefaults.LoginPath, static _ => { }));

        AssertPaths(site, "/Account/Login", "/auth/failed", "/auth/failed");
    }

    [Theory]
    [MemberData(nameof(PlacesOfOptions))]
    public async Task With_a_failure_path_of_the_application_s_its_access_denied_path_stays_unset(string where)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => _places[where](setup, static _ => { }, options => options.FailurePath = "/own"));

        AssertPaths(site, "/auth/login", "/own", null);
    }

    [Theory]
    [MemberData(nameof(PlacesOfOptions))]
    public async Task An_access_denied_path_of_the_application_s_stays(string where)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => _places[where](setup, static _ => { }, options => options.AccessDeniedPath = "/denied"));

        AssertPaths(site, "/auth/login", "/auth/failed", "/denied");
    }

    [Theory]
    [MemberData(nameof(PlacesOfOptions))]
    public async Task Both_paths_of_the_application_s_stay(string where)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance, configure: setup => _places[where](setup, static _ => { }, options => (options.FailurePath, options.AccessDeniedPath) = ("/own", "/denied")));

        AssertPaths(site, "/auth/login", "/own", "/denied");
    }

    [Theory]
    [InlineData("FailurePath", "/own", null)]
    [InlineData("AccessDeniedPath", "/auth/failed", "/own")]
    public async Task A_path_of_the_configuration_stays(string key, string failurePath, string? accessDeniedPath)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Authentication = schemes
            => schemes.Services.AddSingleton<IConfiguration>(Configuration(("Authentication:Schemes:Binance:" + key, "/own"))));

        AssertPaths(site, "/auth/login", failurePath, accessDeniedPath);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task Options_that_the_application_reads_while_it_starts_are_made_again(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place, setup => setup.BeforeAuthentication = app =>
        {
            _ = app.ApplicationServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Cookies");
            _ = app.ApplicationServices.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get("Binance");
        });

        AssertPaths(site, "/auth/login", "/auth/failed", "/auth/failed");
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task Options_that_are_made_again_have_the_same_paths(SessionPlace place)
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
        AssertPaths(site, "/auth/login", "/auth/failed", "/auth/failed");

        configuration["Authentication:Schemes:Binance:FailurePath"] = "/own";
        configuration.Reload();
        AssertPaths(site, "/auth/login", "/own", null);

        configuration["Authentication:Schemes:Binance:FailurePath"] = null;
        configuration.Reload();
        AssertPaths(site, "/auth/login", "/auth/failed", "/auth/failed");
    }

    [Theory]
    [InlineData("/auth", "/auth")]
    [InlineData("auth", "/auth")]
    [InlineData("/auth/", "/auth")]
    [InlineData("", "")]
    [InlineData("/", "")]
    [InlineData("/Auth", "/Auth")]
    [InlineData("/a.b-c~d", "/a.b-c~d")]
    [InlineData("/my account", "/my account")]
    [InlineData("/giriş", "/giriş")]
    [InlineData("/a/b/c", "/a/b/c")]
    [InlineData("/a{{b}}", "/a{b}")]
    public async Task Prefix_of_the_group_is_that_of_the_paths(string prefix, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints => endpoints.MapGroup(prefix).MapBinanceLogin());

        AssertPaths(site, expected + "/login", expected + "/failed", expected + "/failed");
        await AssertEndsOnThePageAsync(site);
    }

    [Fact]
    public async Task Without_a_group_the_endpoints_are_at_the_root()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints => endpoints.MapBinanceLogin());

        AssertPaths(site, "/login", "/failed", "/failed");
        await AssertEndsOnThePageAsync(site);
    }

    [Fact]
    public async Task Groups_within_groups_add_up()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints => endpoints.MapGroup("/a").MapGroup("").MapGroup("b/").MapGroup("/c").MapBinanceLogin());

        AssertPaths(site, "/a/b/c/login", "/a/b/c/failed", "/a/b/c/failed");
        await AssertEndsOnThePageAsync(site);
    }

    [Theory]
    [InlineData("/{tenant}/auth")]
    [InlineData("/{tenant=blue}/auth")]
    [InlineData("/auth/{tenant}")]
    [InlineData("/auth-{tenant}")]
    [InlineData("/{tenant:int}/auth")]
    public async Task A_prefix_with_a_parameter_sets_no_path_and_its_endpoints_work(string prefix)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints => endpoints.MapGroup(prefix).MapBinanceLogin());
        var path = prefix.Replace("{tenant}", "7", StringComparison.Ordinal)
            .Replace("{tenant=blue}", "7", StringComparison.Ordinal)
            .Replace("{tenant:int}", "7", StringComparison.Ordinal);

        AssertPaths(site, "/Account/Login", null, null);
        var browser = new SiteBrowser(site);
        Assert.Equal("/orders", await browser.LogInAsync(path + "/login?returnUrl=/orders"));
        Assert.Equal(Answers.UserId, (await browser.ReadUserAsync(path + "/user")).GetProperty("userId").GetString());
        using var signedOut = await browser.SignOutByFormAsync(path + "/logout");
        signedOut.AssertRedirects("/");
    }

    [Fact]
    public async Task A_parameter_of_an_outer_group_sets_no_path()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints => endpoints.MapGroup("/{tenant}").MapGroup("/auth").MapBinanceLogin());

        AssertPaths(site, "/Account/Login", null, null);
    }

    [Fact]
    public async Task First_of_two_groups_wins_and_both_work()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints =>
        {
            endpoints.MapGroup("/first").MapBinanceLogin();
            endpoints.MapGroup("/second").MapBinanceLogin();
        });

        AssertPaths(site, "/first/login", "/first/failed", "/first/failed");
        Assert.Equal("/orders", await new SiteBrowser(site).LogInAsync("/first/login?returnUrl=/orders"));
        Assert.Equal("/orders", await new SiteBrowser(site).LogInAsync("/second/login?returnUrl=/orders"));
    }

    // The order of the calls counts, not that of the route groups' making.
    [Fact]
    public async Task First_mapped_group_wins_over_one_that_was_made_before()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints =>
        {
            var made = endpoints.MapGroup("/made-first");
            endpoints.MapGroup("/mapped-first").MapBinanceLogin();
            made.MapBinanceLogin();
        });

        AssertPaths(site, "/mapped-first/login", "/mapped-first/failed", "/mapped-first/failed");
    }

    [Fact]
    public async Task A_group_after_one_with_a_parameter_sets_the_paths()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints =>
        {
            endpoints.MapGroup("/{culture}/auth").MapBinanceLogin();
            endpoints.MapGroup("/auth").MapBinanceLogin();
        });

        AssertPaths(site, "/auth/login", "/auth/failed", "/auth/failed");
    }

    [Fact]
    public async Task Two_schemes_on_one_cookie_have_failure_pages_of_their_own_and_the_first_mapped_has_the_login_page()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance,
            configure: setup => setup.Authentication = schemes => schemes.AddPartner(binance),
            map: endpoints =>
            {
                endpoints.MapGroup("/partner").MapBinanceLogin(LoginSite.Partner);
                endpoints.MapGroup("/auth").MapBinanceLogin();
            });

        AssertPaths(site, "/partner/login", "/auth/failed", "/auth/failed");
        Assert.Equal("/partner/failed", site.OptionsOf(LoginSite.Partner).FailurePath);
        Assert.Equal("/partner/failed", site.OptionsOf(LoginSite.Partner).AccessDeniedPath);
    }

    [Fact]
    public async Task Two_schemes_on_two_cookies_have_pages_of_their_own()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance,
            configure: setup => setup.Authentication = schemes => schemes.AddCookie("Other").AddPartner(binance, options => options.SignInScheme = "Other"),
            map: endpoints =>
            {
                endpoints.MapGroup("/auth").MapBinanceLogin();
                endpoints.MapGroup("/partner").MapBinanceLogin(LoginSite.Partner);
            });

        AssertPaths(site, "/auth/login", "/auth/failed", "/auth/failed");
        Assert.Equal("/partner/login", site.CookieOptions("Other").LoginPath);
        Assert.Equal("/partner/failed", site.OptionsOf(LoginSite.Partner).FailurePath);
    }

    [Fact]
    public async Task A_scheme_that_is_not_mapped_and_a_cookie_that_nobody_signs_in_to_are_left_alone()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance, configure: setup => setup.Authentication = schemes => schemes.AddCookie("Other").AddPartner(binance));

        Assert.Equal("/Account/Login", site.CookieOptions("Other").LoginPath);
        Assert.False(site.OptionsOf(LoginSite.Partner).FailurePath.HasValue);
        Assert.False(site.OptionsOf(LoginSite.Partner).AccessDeniedPath.HasValue);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_callback_that_is_the_first_request_of_a_process_ends_on_the_page(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);

        using var response = await new SiteBrowser(site).GetAsync("/signin-binance?error=access_denied");

        Assert.Equal("/auth/failed?failure=invalid_state", response.Location());
    }

    // Nothing but routing asks for endpoints, and that comes after the callback.
    [Fact]
    public async Task A_callback_that_is_the_first_request_of_an_application_without_policies_ends_on_the_page()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.FailurePath = null;
            setup.Authentication = schemes => schemes.Services.AddRouting();
            setup.AfterAuthentication = app => app.UseRouting().UseEndpoints(LoginSite.MapAuth);
        });

        using var response = await new SiteBrowser(site).GetAsync("/signin-binance?error=access_denied");

        Assert.Equal("/auth/failed?failure=invalid_state", response.Location());
    }

    [Fact]
    public async Task A_page_for_users_that_is_the_first_request_of_a_process_leads_to_the_login()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);

        using var response = await new SiteBrowser(site).GetAsync("/members?page=2");

        Assert.Equal("https://site.example/auth/login?ReturnUrl=%2Fmembers%3Fpage%3D2", new Uri(new Uri("https://site.example"), response.Location()).AbsoluteUri);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("/shop", "/shop")]
    public async Task A_cancel_arrives_as_access_denied(string? pathBase, string root)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.PathBase = pathBase);
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync(root + "/auth/login?returnUrl=/orders");

        using var response = await browser.ComeBackAsync(new() { ["state"] = request.State, ["error"] = "access_denied" }, root + "/signin-binance");

        Assert.Equal(root + "/auth/failed?failure=access_denied&returnUrl=%2Forders", response.Location());
    }

    [Fact]
    public async Task A_cancel_arrives_at_the_application_s_own_page_in_the_framework_s_form()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Binance = options => options.AccessDeniedPath = "/denied");
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync("/auth/login?returnUrl=/orders");

        using var response = await browser.ComeBackAsync(new() { ["state"] = request.State, ["error"] = "access_denied" });

        Assert.Equal("/denied?ReturnUrl=%2Forders", response.Location());
    }

    [Fact]
    public async Task A_cancel_arrives_at_the_application_s_own_failure_page()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Binance = options => options.FailurePath = "/own");
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync("/auth/login?returnUrl=/orders");

        using var response = await browser.ComeBackAsync(new() { ["state"] = request.State, ["error"] = "access_denied" });

        Assert.Equal("/own?failure=access_denied&returnUrl=%2Forders", response.Location());
    }

    // A page of the application for both.
    [Fact]
    public async Task A_cancel_arrives_as_access_denied_where_the_application_names_one_page_for_both()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance, configure: setup => setup.Binance = options => (options.FailurePath, options.AccessDeniedPath) = ("/own", "/own"));
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync("/auth/login?returnUrl=/orders");

        using var response = await browser.ComeBackAsync(new() { ["state"] = request.State, ["error"] = "access_denied" });

        Assert.Equal("/own?failure=access_denied&returnUrl=%2Forders", response.Location());
    }

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] values)
        => new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(pair => pair.Key, string? (pair) => pair.Value)).Build();

    private static void AssertPaths(TestSite site, string loginPath, string? failurePath, string? accessDeniedPath)
    {
        Assert.Equal(loginPath, site.CookieOptions().LoginPath.Value);
        Assert.Equal(failurePath, site.Options.FailurePath.Value);
        Assert.Equal(accessDeniedPath, site.Options.AccessDeniedPath.Value);
    }

    private static async Task AssertEndsOnThePageAsync(TestSite site)
    {
        using var failed = await new SiteBrowser(site).FollowAsync("/signin-binance?error=access_denied", _ => throw new InvalidOperationException());
        using var members = await new SiteBrowser(site).FollowAsync("/members", request => SiteBrowser.CallbackOf(request));

        Assert.Contains("login?", (await LoginPage.ReadAsync(failed)).Html, StringComparison.Ordinal);
        Assert.Equal("for users", await members.TextAsync());
    }
}
