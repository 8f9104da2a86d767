using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A page for failures that strangers may not see sends them to sign in. Binance, where they have consented, sends them back at once,
/// and the failure that comes of it ends at the same page.
/// </summary>
public sealed class GuardedFailurePageTests
{
    private const int RedirectLimit = 20;

    private static readonly string[] _pages = ["/orders", "/failed", "/denied"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_page_for_users_is_forbidden_and_makes_no_loop(bool byFallbackPolicy)
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(binance, setup => Guard(setup, byFallbackPolicy));
        var browser = new SiteBrowser(site);

        using var last = await FollowAsync(browser, "/orders", request => SiteBrowser.CallbackOf(request));

        AssertForbidden(last);
        Assert.Single(binance.TokenRequests);
        Assert.Empty(browser.Cookies);
        AssertSaysWhatToDo(site, nameof(BinanceAuthenticationOptions.FailurePath));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_access_denied_page_for_users_is_forbidden_and_makes_no_loop(bool byFallbackPolicy)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            Guard(setup, byFallbackPolicy);
            setup.Binance = options => options.AccessDeniedPath = "/denied";
        });
        var browser = new SiteBrowser(site);

        using var last = await FollowAsync(
            browser, "/orders", request => "/signin-binance?error=access_denied&state=" + Uri.EscapeDataString(request.State));

        AssertForbidden(last);
        Assert.Empty(browser.Cookies);
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
    public async Task The_page_is_the_same_with_a_slash_at_its_end_and_in_another_case(string failurePath, string path)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            Guard(setup, byFallbackPolicy: false);
            setup.Binance = options => options.FailurePath = failurePath;
        });

        using var answer = await new SiteBrowser(site).GetAsync(path);

        AssertForbidden(answer);
        AssertSaysWhatToDo(site, nameof(BinanceAuthenticationOptions.FailurePath));
    }

    [Fact]
    public async Task The_page_is_below_the_path_that_the_site_is_mounted_at()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            Guard(setup, byFallbackPolicy: false);
            setup.PathBase = "/app";
        });

        using var last = await FollowAsync(new SiteBrowser(site), "/app/orders", request => SiteBrowser.CallbackOf(request, "/app/signin-binance"));

        AssertForbidden(last);
        Assert.Single(binance.TokenRequests);
    }

    [Theory]
    [InlineData("/orders")]
    [InlineData("/failed/help")]
    [InlineData("/failed2")]
    [InlineData("/denied")]
    [InlineData("/")]
    public async Task Another_page_for_users_sends_strangers_to_sign_in(string path)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => Guard(setup, byFallbackPolicy: true));
        var browser = new SiteBrowser(site);

        using var answer = await browser.ComeBackWithCodeAsync(await browser.ChallengeAsync(path));

        Assert.Equal(path, answer.Headers.Location?.OriginalString);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Without_a_failure_path_each_page_for_users_sends_strangers_to_sign_in()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            Guard(setup, byFallbackPolicy: true);
            setup.Binance = options => options.FailurePath = default;
        });
        var browser = new SiteBrowser(site);

        Assert.NotEmpty((await browser.ChallengeAsync("/")).State);
        Assert.NotEmpty((await browser.ChallengeAsync("/failed")).State);
    }

    [Fact]
    public async Task A_user_who_is_signed_in_sees_the_page()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => Guard(setup, byFallbackPolicy: true));
        var browser = new SiteBrowser(site);
        using var signedIn = await browser.ComeBackWithCodeAsync(await browser.ChallengeAsync("/orders"));
        binance.Answer(BinanceStub.TokenPath, string.Empty, 503);

        using var page = await FollowAsync(browser, "/again", request => SiteBrowser.CallbackOf(request));

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
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

    /// <summary>Follows redirects as a browser does; Binance asks nothing, because the user has decided before.</summary>
    private static async Task<HttpResponseMessage> FollowAsync(SiteBrowser browser, string path, Func<AuthorizeRequest, string> decide)
    {
        for (var i = 0; i < RedirectLimit; i++)
        {
            var response = await browser.GetAsync(path);
            if (response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            path = location.OriginalString is ['/', ..] local ? local : decide(new AuthorizeRequest(location));
        }

        throw new InvalidOperationException($"There are more than {RedirectLimit} redirects. The last one is to {path}.");
    }

    private static void AssertForbidden(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Null(response.Headers.Location);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    private static void AssertSaysWhatToDo(TestSite site, string option)
    {
        var record = Assert.Single(site.Logs, record => record.Level == LogLevel.Error);
        Assert.Contains(option, record.Message, StringComparison.Ordinal);
        Assert.Contains("anonymous", record.Message, StringComparison.OrdinalIgnoreCase);
    }
}
