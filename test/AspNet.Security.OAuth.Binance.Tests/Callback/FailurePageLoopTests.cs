using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// Ways around the check that a page of a failed sign-in does not begin another: by the page of its status, and by the login page of the
/// cookie. Both sites demand a signed-in user for each page that does not say otherwise.
/// </summary>
public sealed class FailurePageLoopTests
{
    // 403 of the failure page is shown as a page of its own, which needs a user as well.
    [Fact]
    public async Task A_failure_page_for_users_makes_no_loop_by_the_page_of_its_status()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            Guard(setup);
            setup.BeforeAuthentication = app => app.UseStatusCodePagesWithReExecute("/status/{0}");
        });
        var browser = new SiteBrowser(site);

        using var last = await browser.FollowAsync("/orders", request => SiteBrowser.CallbackOf(request));

        Assert.Equal(HttpStatusCode.Forbidden, last.StatusCode);
        Assert.Single(binance.TokenRequests);
        Assert.Empty(browser.Cookies);
    }

    // Without a failure path the exception has a page, at which the request still has the query of the callback.
    [Fact]
    public async Task An_error_page_for_users_makes_no_loop()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            Guard(setup);
            setup.Binance = options => options.FailurePath = default;
            setup.BeforeAuthentication = app => app.UseExceptionHandler("/status/500");
        });
        var browser = new SiteBrowser(site);

        using var last = await browser.FollowAsync("/orders", request => SiteBrowser.CallbackOf(request));

        Assert.True((int)last.StatusCode >= 400, $"{(int)last.StatusCode}");
        Assert.Single(site.Logs, record => record.Id.Name == "FailurePageNeedsUser");
        Assert.Single(binance.TokenRequests);
    }

    // As in the readme, where the login page of the cookie sends everybody to Binance. Two attempts more may be a person's, who follows the
    // login link of the failure page.
    [Fact]
    public async Task A_failure_page_for_users_makes_no_loop_by_the_login_page_of_the_cookie()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            Guard(setup);
            setup.Cookie = options => options.Events.OnRedirectToLogin = context =>
            {
                context.Response.Redirect(QueryHelpers.AddQueryString("/login", "returnUrl", context.Request.Path + context.Request.QueryString));
                return Task.CompletedTask;
            };
            var authentication = setup.Authentication;
            setup.Authentication = schemes =>
            {
                authentication(schemes);
                schemes.Services.Configure<AuthenticationOptions>(
                    options => options.DefaultChallengeScheme = CookieAuthenticationDefaults.AuthenticationScheme);
            };
        });

        using var last = await new SiteBrowser(site).FollowAsync("/orders", request => SiteBrowser.CallbackOf(request));

        Assert.Equal(HttpStatusCode.Forbidden, last.StatusCode);
        Assert.Single(site.Logs, record => record.Id.Name == "FailurePageNeedsUser");
        Assert.InRange(binance.TokenRequests.Count, 1, 3);
    }

    private static void Guard(SiteSetup setup) => setup.UseEndpoints(
        endpoints =>
        {
            foreach (var path in (string[])["/orders", "/failed", "/status/{code}"])
            {
                endpoints.MapGet(path, (RequestDelegate)(context => context.Response.WriteAsync("a page of the site", context.RequestAborted)));
            }

            endpoints.MapGet("/login", (string? returnUrl) => Results.Challenge(new() { RedirectUri = returnUrl }, ["Binance"])).AllowAnonymous();
        },
        authorization => authorization.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
}
