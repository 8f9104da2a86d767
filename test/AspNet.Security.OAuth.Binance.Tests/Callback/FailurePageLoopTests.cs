using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A failure page does not start another sign-in indirectly either: by a status code page, an error page, or the login page of the cookie.
/// The sites need a user for each page that is not anonymous.
/// </summary>
public sealed class FailurePageLoopTests
{
    // The 403 of the failure page is shown by a status code page, which needs a user as well.
    [Fact]
    public async Task A_failure_page_that_needs_a_user_causes_no_redirect_loop_by_its_status_code_page()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            Guard(setup);
            setup.BeforeAuthentication = app => app.UseStatusCodePagesWithReExecute("/status/{0}");
        });
        var browser = site.Browser();

        var last = await browser.FollowAsync("/orders", request => SiteBrowser.CallbackOf(request));

        Assert.Equal(HttpStatusCode.Forbidden, last.Status);
        Assert.Single(binance.TokenRequests);
        Assert.Empty(browser.Jar.Cookies);
    }

    // Without a failure path the exception has an error page, whose request still has the query of the callback.
    [Fact]
    public async Task An_error_page_that_needs_a_user_causes_no_redirect_loop()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            Guard(setup);
            setup.Binance = options => options.FailurePath = default;
            setup.BeforeAuthentication = app => app.UseExceptionHandler("/status/500");
        });
        var browser = site.Browser();

        var last = await browser.FollowAsync("/orders", request => SiteBrowser.CallbackOf(request));

        Assert.Equal(HttpStatusCode.Forbidden, last.Status);
        Assert.Single(site.Logs, record => record.Id.Name == "FailurePageNeedsUser");
        Assert.Single(binance.TokenRequests);
    }

    // As in the readme, where the login page of the cookie challenges every visitor. Two more attempts are allowed: a person may follow the login link of
    // the failure page.
    [Fact]
    public async Task A_failure_page_that_needs_a_user_causes_no_redirect_loop_by_the_cookie_s_login_page()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
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

        var last = await site.Browser().FollowAsync("/orders", request => SiteBrowser.CallbackOf(request));

        Assert.Equal(HttpStatusCode.Forbidden, last.Status);
        Assert.Single(site.Logs, record => record.Id.Name == "FailurePageNeedsUser");
        Assert.Equal(3, binance.TokenRequests.Count);
    }

    [Fact]
    public async Task A_user_who_tries_again_from_the_failure_page_sees_it_again()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        var page = (await browser.SignInAsync()).Location!.OriginalString;

        var response = await browser.SignInAsync(returnUrl: page);

        Assert.Equal("/failed?failure=invalid_grant&returnUrl=" + Uri.EscapeDataString(page), response.Location?.OriginalString);
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
