using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A failure page that needs a user challenges anonymous visitors. Where they have consented before, Binance redirects back at once, and the
/// next failure would end at the same page: a redirect loop.
/// </summary>
public sealed class GuardedFailurePageTests
{
    private static readonly string[] _pages = ["/orders", "/failed", "/denied"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_page_that_needs_a_user_is_forbidden_and_causes_no_redirect_loop(bool byFallbackPolicy)
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(binance, setup => Guard(setup, byFallbackPolicy));
        var browser = site.Browser();

        var last = await browser.FollowAsync("/orders", request => SiteBrowser.CallbackOf(request));

        AssertForbidden(last);
        Assert.Single(binance.TokenRequests);
        Assert.Empty(browser.Jar.Cookies);
        AssertSaysWhatToDo(site, nameof(BinanceAuthenticationOptions.FailurePath));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_access_denied_page_that_needs_a_user_is_forbidden_and_causes_no_redirect_loop(bool byFallbackPolicy)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            Guard(setup, byFallbackPolicy);
            setup.Binance = options => options.AccessDeniedPath = "/denied";
        });
        var browser = site.Browser();

        var last = await browser.FollowAsync(
            "/orders", request => "/signin-binance?error=access_denied&state=" + Uri.EscapeDataString(request.State));

        AssertForbidden(last);
        Assert.Empty(browser.Jar.Cookies);
        AssertSaysWhatToDo(site, nameof(BinanceAuthenticationOptions.AccessDeniedPath));
    }

    // Routing ignores a slash at the end, and the case.
    [Theory]
    [InlineData("/failed", "/failed")]
    [InlineData("/failed", "/failed?failure=timeout&returnUrl=%2Forders")]
    [InlineData("/failed", "/failed/")]
    [InlineData("/failed", "/FAILED")]
    [InlineData("/failed", "/Failed/?failure=timeout")]
    [InlineData("/Failed/", "/failed")]
    [InlineData("/failed/", "/failed/")]
    public async Task The_failure_page_is_recognized_with_a_trailing_slash_and_in_another_case(string failurePath, string path)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            Guard(setup, byFallbackPolicy: false);
            setup.Binance = options => options.FailurePath = failurePath;
        });

        var response = await site.Browser().GetAsync(path);

        AssertForbidden(response);
        AssertSaysWhatToDo(site, nameof(BinanceAuthenticationOptions.FailurePath));
    }

    // A redirect follows a GET or a HEAD. A form of the page may need a user.
    [Theory]
    [InlineData("HEAD", HttpStatusCode.Forbidden)]
    [InlineData("POST", HttpStatusCode.Redirect)]
    public async Task The_failure_page_is_forbidden_for_the_methods_of_a_redirect(string method, HttpStatusCode expected)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.UseEndpoints(
            endpoints => endpoints.MapMethods("/failed", [method], static () => "a page of the site").RequireAuthorization()));

        var response = await site.Browser().RequestAsync(new(method), "/failed");

        Assert.Equal(expected, response.Status);
    }

    [Fact]
    public async Task The_failure_page_is_recognized_below_a_path_base()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            Guard(setup, byFallbackPolicy: false);
            setup.PathBase = "/app";
        });

        var last = await site.Browser().FollowAsync("/app/orders", request => SiteBrowser.CallbackOf(request, "/app/signin-binance"));

        AssertForbidden(last);
        Assert.Single(binance.TokenRequests);
    }

    [Theory]
    [InlineData("/orders")]
    [InlineData("/failed/help")]
    [InlineData("/failed2")]
    [InlineData("/denied")]
    [InlineData("/")]
    public async Task Another_page_that_needs_a_user_challenges_anonymous_visitors(string path)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => Guard(setup, byFallbackPolicy: true));
        var browser = site.Browser();

        var response = await browser.ReturnWithCodeAsync(await browser.ChallengeAsync(path));

        Assert.Equal(path, response.Location?.OriginalString);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // The failure page is the login page, which challenges every visitor.
    [Fact]
    public async Task A_login_page_that_is_the_failure_page_can_be_opened_and_causes_no_redirect_loop()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.FailurePath = "/login");
        var browser = site.Browser();

        var last = await browser.FollowAsync("/login?returnUrl=/orders", request => SiteBrowser.CallbackOf(request));

        AssertForbidden(last);
        Assert.Single(binance.TokenRequests);
        AssertSaysWhatToDo(site, nameof(BinanceAuthenticationOptions.FailurePath));
        Assert.NotEmpty((await browser.ChallengeAsync("/login?returnUrl=/orders")).State);
    }

    [Fact]
    public async Task A_form_of_the_failure_page_can_start_another_sign_in()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.FailurePath = "/login");

        var response = await site.Browser().RequestAsync(HttpMethod.Post, "/login?returnUrl=/orders");

        Assert.NotEmpty(new AuthorizeRequest(response.Location!).State);
    }

    [Fact]
    public async Task Without_a_failure_path_each_page_that_needs_a_user_challenges_anonymous_visitors()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            Guard(setup, byFallbackPolicy: true);
            setup.Binance = options => options.FailurePath = default;
        });
        var browser = site.Browser();

        Assert.NotEmpty((await browser.ChallengeAsync("/")).State);
        Assert.NotEmpty((await browser.ChallengeAsync("/failed")).State);
    }

    [Fact]
    public async Task A_signed_in_user_sees_the_failure_page()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => Guard(setup, byFallbackPolicy: true));
        var browser = site.Browser();
        await browser.ReturnWithCodeAsync(await browser.ChallengeAsync("/orders"));
        binance.Respond(BinanceStub.TokenPath, string.Empty, 503);

        var page = await browser.FollowAsync("/again", request => SiteBrowser.CallbackOf(request));

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.DoesNotContain(site.Logs, record => record.Level == LogLevel.Error);
    }

    private static void Guard(SiteSetup setup, bool byFallbackPolicy)
    {
        static Task Page(HttpContext context) => context.Response.WriteAsync("a page of the site", context.RequestAborted);

        setup.UseEndpoints(
            endpoints =>
            {
                endpoints.MapGet("/again", () => Results.Challenge(authenticationSchemes: ["Binance"]));
                var pages = _pages.Select(path => endpoints.MapGet(path, Page)).ToList();
                if (!byFallbackPolicy)
                {
                    pages.ForEach(page => page.RequireAuthorization());
                }
            },
            authorization => authorization.FallbackPolicy = byFallbackPolicy
                ? new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build()
                : null);
    }

    private static void AssertForbidden(SiteResponse response)
    {
        Assert.Equal(HttpStatusCode.Forbidden, response.Status);
        Assert.Null(response.Location);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    private static void AssertSaysWhatToDo(TestSite site, string option)
    {
        var record = Assert.Single(site.Logs, record => record.Level == LogLevel.Error);
        Assert.Contains(option, record.Message, StringComparison.Ordinal);
        Assert.Contains("anonymous", record.Message, StringComparison.OrdinalIgnoreCase);
    }
}
