
using AspNet.Security.OAuth.Binance.Tests.Challenge.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Challenge;

/// <summary>
/// A browser deletes a cookie only for its own name, domain, path and partition (RFC 6265bis section 5.7), and takes no
/// <c>__Host-</c> cookie without Secure and the path <c>/</c>, not even to delete it.
/// </summary>
public sealed class CorrelationCookieAttributesTests
{
    private const string Host = "www.shop.example";

    private static readonly Dictionary<string, Action<CookieBuilder>> _attributes = new()
    {
        ["none"] = _ => { },
        ["name"] = cookie => cookie.Name = "own.",
        ["path /"] = cookie => cookie.Path = "/",
        ["domain"] = cookie => cookie.Domain = "shop.example",
        ["SameSite=None"] = cookie => (cookie.SameSite, cookie.SecurePolicy) = (SameSiteMode.None, CookieSecurePolicy.Always),
        ["partitioned"] = cookie => cookie.Extensions.Add("Partitioned"),
        ["max age"] = cookie => cookie.MaxAge = TimeSpan.FromMinutes(10),
        ["__Host-"] = cookie => (cookie.Name, cookie.Path, cookie.SecurePolicy) = ("__Host-own.", "/", CookieSecurePolicy.Always),
        ["__Secure-"] = cookie => (cookie.Name, cookie.SecurePolicy) = ("__Secure-own.", CookieSecurePolicy.Always),
    };

    public static TheoryData<string> Attributes => [.. _attributes.Keys];

    public static TheoryData<string, string> Bases => new() { { "", "/" }, { "/app", "/app" }, { "/my shop", "/my%20shop" } };

    [Theory]
    [MemberData(nameof(Attributes))]
    public async Task Cookies_of_unfinished_sign_ins_are_deleted_with_the_attributes_of_the_options(string attribute)
    {
        var name = CorrelationCookies.Prefix;
        await using var site = await TestSite.StartAsync(setup => setup.Binance = options =>
        {
            _attributes[attribute](options.CorrelationCookie);
            name = options.CorrelationCookie.Name!;
        });
        site.AllowCallbacks("https://" + Host);
        var browser = site.BrowserWithTls(Host);

        var challenges = await browser.BeginAsync(site.Clock, 12, TimeSpan.FromSeconds(1));

        Assert.Equal(CorrelationCookies.Limit, browser.Correlations(name).Count);
        Assert.Equal(CorrelationCookies.Limit, browser.Jar.Cookies.Count);
        await browser.AssertSignsInAsync(challenges[^1]);
        Assert.Equal(CorrelationCookies.Limit - 1, browser.Correlations(name).Count);
        Assert.All(challenges.SelectMany(challenge => challenge.SetCookies), cookie =>
        {
            Assert.True(cookie.Secure);
            Assert.True(cookie.HttpOnly);
            Assert.False(attribute is "__Host-" && (cookie.Path != "/" || cookie.Domain.HasValue), cookie.ToString());
        });
    }

    [Theory]
    [MemberData(nameof(Bases))]
    public async Task A_challenge_receives_the_cookies_of_earlier_ones_below_a_path_base(string pathBase, string path)
    {
        await using var site = await TestSite.StartAsync(setup => setup.UseBefore(app => app.UsePathBase(pathBase)));
        var below = Uri.EscapeDataString(pathBase).Replace("%2F", "/", StringComparison.Ordinal);
        site.AllowCallbacks("https://localhost" + below);
        var browser = site.BrowserWithTls();

        var challenges = await browser.BeginAsync(site.Clock, 12, TimeSpan.FromSeconds(1), below + "/login");

        Assert.Equal(CorrelationCookies.Limit, browser.Correlations().Count);
        Assert.All(browser.Correlations(), cookie => Assert.Equal(path, cookie.Path));
        await browser.AssertSignsInAsync(challenges[^1]);
        Assert.True((await browser.SessionAsync(below: below)).SignedIn);
    }

    // The callback is not below the branch's path.
    [Fact]
    public async Task A_sign_in_that_starts_in_a_branch_of_the_pipeline_can_be_finished()
    {
        await using var site = await TestSite.StartAsync(setup => setup.AfterAuthentication = app => app.Map("/area", branch
            => branch.Run(context => context.ChallengeAsync("Binance", new AuthenticationProperties { RedirectUri = "/" }))));
        var browser = site.BrowserWithTls();

        var challenge = await browser.GetAsync("/area");

        Assert.Equal("/", Assert.Single(browser.Correlations()).Path);
        await browser.AssertSignsInAsync(challenge);
    }

    // The path is the application's: also one that no challenge sees.
    [Theory]
    [InlineData("", "/signin-binance")]
    [InlineData("/app", "/app/signin-binance")]
    [InlineData("/app", "/")]
    public async Task A_path_that_the_application_sets_is_kept(string pathBase, string path)
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.UseBefore(app => app.UsePathBase(pathBase));
            setup.Binance = options => options.CorrelationCookie.Path = path;
        });
        site.AllowCallbacks("https://localhost" + pathBase);
        var browser = site.BrowserWithTls();

        var challenges = await browser.BeginAsync(site.Clock, 2, TimeSpan.FromSeconds(1), pathBase + "/login");

        Assert.All(browser.Correlations(), cookie => Assert.Equal(path, cookie.Path));
        await browser.AssertSignsInAsync(challenges[1]);
        await browser.AssertSignsInAsync(challenges[0]);
        Assert.Empty(browser.Correlations());
    }

    [Fact]
    public async Task Two_sites_of_one_host_do_not_delete_each_other_s_cookies()
    {
        await using var site = await TestSite.StartAsync(setup => setup.UseBefore(app => app.UsePathBase("/app").UsePathBase("/shop")));
        site.AllowCallbacks("https://localhost/app", "https://localhost/shop");
        var browser = site.BrowserWithTls();
        var first = await browser.BeginAsync(site.Clock, 1, login: "/app/login");

        await browser.BeginAsync(site.Clock, 12, TimeSpan.FromSeconds(1), "/shop/login");

        Assert.Equal(1 + CorrelationCookies.Limit, browser.Correlations().Count);
        await browser.AssertSignsInAsync(first[0]);
    }
}
