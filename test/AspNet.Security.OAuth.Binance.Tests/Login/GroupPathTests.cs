using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The paths of the login endpoints by their route group, and with several groups or schemes.
/// </summary>
public sealed class GroupPathTests
{
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

        site.AssertPaths(expected + "/login", expected + "/failed", expected + "/failed");
        await AssertEndsOnThePageAsync(site);
    }

    [Fact]
    public async Task Without_a_group_the_endpoints_are_at_the_root()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints => endpoints.MapBinanceLogin());

        site.AssertPaths("/login", "/failed", "/failed");
        await AssertEndsOnThePageAsync(site);
    }

    [Fact]
    public async Task Prefixes_of_nested_groups_are_combined()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints => endpoints.MapGroup("/a").MapGroup("").MapGroup("b/").MapGroup("/c").MapBinanceLogin());

        site.AssertPaths("/a/b/c/login", "/a/b/c/failed", "/a/b/c/failed");
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

        site.AssertPaths("/Account/Login", null, null);
        var browser = site.Browser();
        Assert.Equal("/orders", await browser.LogInAsync(path + "/login?returnUrl=/orders"));
        Assert.Equal(Responses.UserId, (await browser.ReadUserAsync(path + "/user")).GetProperty("userId").GetString());
        var signedOut = await browser.SignOutByFormAsync(path + "/logout");
        signedOut.AssertRedirects("/");
    }

    [Fact]
    public async Task A_parameter_of_an_outer_group_sets_no_path()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints => endpoints.MapGroup("/{tenant}").MapGroup("/auth").MapBinanceLogin());

        site.AssertPaths("/Account/Login", null, null);
    }

    [Fact]
    public async Task The_first_of_two_groups_sets_the_paths_and_both_work()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints =>
        {
            endpoints.MapGroup("/first").MapBinanceLogin();
            endpoints.MapGroup("/second").MapBinanceLogin();
        });

        site.AssertPaths("/first/login", "/first/failed", "/first/failed");
        Assert.Equal("/orders", await site.Browser().LogInAsync("/first/login?returnUrl=/orders"));
        Assert.Equal("/orders", await site.Browser().LogInAsync("/second/login?returnUrl=/orders"));
    }

    // The order of the calls of MapBinanceLogin decides, not that of MapGroup.
    [Fact]
    public async Task The_group_that_is_mapped_first_sets_the_paths()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints =>
        {
            var made = endpoints.MapGroup("/made-first");
            endpoints.MapGroup("/mapped-first").MapBinanceLogin();
            made.MapBinanceLogin();
        });

        site.AssertPaths("/mapped-first/login", "/mapped-first/failed", "/mapped-first/failed");
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

        site.AssertPaths("/auth/login", "/auth/failed", "/auth/failed");
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

        site.AssertPaths("/partner/login", "/auth/failed", "/auth/failed");
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

        site.AssertPaths("/auth/login", "/auth/failed", "/auth/failed");
        Assert.Equal("/partner/login", site.CookieOptions("Other").LoginPath);
        Assert.Equal("/partner/failed", site.OptionsOf(LoginSite.Partner).FailurePath);
    }

    [Fact]
    public async Task The_options_of_an_unmapped_scheme_and_of_an_unrelated_cookie_are_unchanged()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance, configure: setup => setup.Authentication = schemes => schemes.AddCookie("Other").AddPartner(binance));

        Assert.Equal("/Account/Login", site.CookieOptions("Other").LoginPath);
        Assert.False(site.OptionsOf(LoginSite.Partner).FailurePath.HasValue);
        Assert.False(site.OptionsOf(LoginSite.Partner).AccessDeniedPath.HasValue);
    }

    private static async Task AssertEndsOnThePageAsync(TestSite site)
    {
        var failed = await site.Browser().FollowAsync("/signin-binance?error=access_denied", _ => throw new InvalidOperationException());
        var members = await site.Browser().FollowAsync("/members", request => SiteBrowser.CallbackOf(request));

        Assert.Contains("login?", LoginPage.Of(failed).Html, StringComparison.Ordinal);
        Assert.Equal("for users", members.Body);
    }
}
