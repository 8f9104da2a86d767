using System.Buffers;
using System.Net;
using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The request and the response that the page of an outage gets, whatever the application does in it.
/// </summary>
public sealed class UnavailablePageRequestTests
{
    private const string Page = "We are back soon.";

    [Theory]
    [InlineData("Range", "bytes=0-3")]
    [InlineData("If-None-Match", "\"7\"")]
    [InlineData("If-Match", "\"8\"")]
    public async Task Conditional_headers_of_the_request_do_not_reach_the_page(string header, string value)
    {
        await using var site = await StartAsync(context
            => Results.Bytes("We are back soon."u8.ToArray(), "text/plain", enableRangeProcessing: true, entityTag: new EntityTagHeaderValue("\"7\"")).ExecuteAsync(context));

        var response = await DuringOutageAsync(site, "/members", headers: (header, value));

        Assert.Equal(Page, response.Body);
        Assert.Null(response.ContentHeaders.ContentRange);
    }

    [Fact]
    public async Task A_page_that_does_not_flush_is_sent_completely()
    {
        await using var site = await StartAsync(context =>
        {
            context.Response.BodyWriter.Write("We are back soon."u8);
            return Task.CompletedTask;
        });

        var response = await DuringOutageAsync(site, "/members");

        Assert.Equal(Page, response.Body);
    }

    [Fact]
    public async Task The_path_base_of_the_page_is_that_of_the_request()
    {
        await using var site = await StartAsync(
            context => context.Response.WriteAsync(context.Request.PathBase + "/site.css", context.RequestAborted),
            setup => setup.BeforeAuthentication = app => app.UsePathBase("/shop"),
            "/shop/unavailable");

        var response = await DuringOutageAsync(site, "/shop/members");

        Assert.Equal("/shop/site.css", response.Body);
    }

    [Fact]
    public async Task The_page_is_anonymous_when_the_cache_fails_during_an_authenticated_request()
    {
        await using var site = await StartAsync(
            context => context.Response.WriteAsync(context.User.Identity is { IsAuthenticated: true } ? "a user" : "a visitor", context.RequestAborted),
            setup => setup.Pages["/devices"] = ListDuringOutageAsync);
        var browser = await site.SignedInAsync();

        var response = await browser.GetAsync("/devices");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.Equal("a visitor", response.Body);
    }

    [Fact]
    public async Task The_page_gets_nothing_of_the_request_that_failed()
    {
        await using var site = await StartAsync(
            context => context.Response.WriteAsync(
                $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.GetEndpoint()?.DisplayName}"
                + $"{context.Request.RouteValues.Count} {context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Succeeded}",
                context.RequestAborted),
            setup => setup.Pages["/devices"] = context =>
            {
                context.SetEndpoint(new(null, null, "devices"));
                context.Request.RouteValues["device"] = "7";
                return ListDuringOutageAsync(context);
            });
        var browser = await site.SignedInAsync();

        var response = await browser.GetAsync("/devices?of=me");

        Assert.Equal("GET /unavailable 0 ", response.Body);
    }

    // That of the framework follows HttpContext.User.
    [Fact]
    public async Task The_page_does_not_get_an_authentication_result_that_the_application_has_set()
    {
        await using var site = await StartAsync(
            context => context.Response.WriteAsync(
                context.Features.Get<IAuthenticateResultFeature>() is null ? "none" : "a result", context.RequestAborted),
            setup => setup.Pages["/devices"] = context =>
            {
                context.Features.Set<IAuthenticateResultFeature>(new OwnResult());
                return ListDuringOutageAsync(context);
            });
        var browser = await site.SignedInAsync();

        var response = await browser.GetAsync("/devices");

        Assert.Equal("none", response.Body);
    }

    [Fact]
    public async Task The_response_has_no_headers_of_the_page_that_failed()
    {
        await using var site = await StartAsync(
            context => context.Response.WriteAsync(Page, context.RequestAborted),
            setup => setup.Pages["/devices"] = context =>
            {
                context.Response.Headers.ETag = "\"7\"";
                return ListDuringOutageAsync(context);
            });
        var browser = await site.SignedInAsync();

        var response = await browser.GetAsync("/devices");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, Page), (response.Status, response.Body));
        Assert.Null(response.Headers.ETag);
    }

    // A log of requests, for example.
    [Fact]
    public async Task Middleware_outside_of_the_application_gets_nothing_of_the_page()
    {
        var seen = "";
        await using var site = await StartAsync(
            context =>
            {
                context.SetEndpoint(new(null, null, "page"));
                context.Request.RouteValues["page"] = "7";
                context.User = new ClaimsPrincipal(new ClaimsIdentity("page"));
                return context.Response.WriteAsync(Page, context.RequestAborted);
            },
            setup => setup.UseOutside(app => app.Use(async (context, application) =>
            {
                await application(context);
                seen = $"{context.GetEndpoint()?.DisplayName} {context.Request.RouteValues.Count} {context.User.Identity?.IsAuthenticated}";
            })));

        var response = await DuringOutageAsync(site, "/members");

        Assert.Equal((Page, " 0 "), (response.Body, seen));
    }

    [Fact]
    public async Task The_page_of_a_HEAD_request_is_a_HEAD_request()
    {
        var method = "";
        await using var site = await StartAsync(context =>
        {
            method = context.Request.Method;
            return context.Response.WriteAsync(Page, context.RequestAborted);
        });

        var response = await DuringOutageAsync(site, "/members", HttpMethod.Head);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "HEAD"), (response.Status, method));
    }

    [Theory]
    [InlineData("redirects")]
    [InlineData("is missing")]
    [InlineData("is empty")]
    public async Task A_page_without_content_is_logged(string fault)
    {
        await using var site = await StartAsync(context =>
        {
            if (fault == "redirects")
            {
                return context.ChallengeAsync();
            }

            context.Response.StatusCode = fault == "is missing" ? StatusCodes.Status404NotFound : StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });

        var response = await DuringOutageAsync(site, "/members");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.Empty(response.SetCookies);
        Assert.Null(response.Location);
        Assert.Contains(site.Logged(LogLevel.Error), record => record.Message.Contains("/unavailable", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("OPTIONS")]
    public async Task The_page_is_a_GET_whatever_the_method_of_the_request(string method)
    {
        await using var site = await StartAsync(context => context.Response.WriteAsync(context.Request.Method + Page, context.RequestAborted));

        var response = await DuringOutageAsync(site, "/members?a=b", new HttpMethod(method));

        Assert.Equal("GET" + Page, response.Body);
        Assert.Equal(TimeSpan.FromSeconds(5), response.RetryAfter);
        Assert.True(response.CacheControl.NoStore);
    }

    [Fact]
    public async Task An_exception_handler_of_the_application_does_not_change_the_status()
    {
        await using var site = await StartAsync(
            _ => throw new InvalidOperationException("The page is broken."),
            setup => setup.BeforeAuthentication = app => app.UseExceptionHandler(error => error.Run(context => context.Response.WriteAsync("sorry", context.RequestAborted))));

        var response = await DuringOutageAsync(site, "/members");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.Equal("sorry", response.Body);
    }

    [Fact]
    public async Task Status_code_pages_of_the_application_do_not_change_the_status()
    {
        await using var site = await StartAsync(
            context =>
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            },
            setup => setup.BeforeAuthentication = app => app.UseStatusCodePagesWithReExecute("/status/{0}"));

        var response = await DuringOutageAsync(site, "/members");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.Equal(TimeSpan.FromSeconds(5), response.RetryAfter);
    }

    private static Task<TestSite> StartAsync(RequestDelegate page, Action<SiteSetup>? configure = null, string path = "/unavailable")
        => ServerSite.StartAsync(
            setup =>
            {
                setup.Pages["/unavailable"] = page;
                setup.Services = services => services.AddRouting();
                configure?.Invoke(setup);
            },
            options => options.UnavailablePath = path);

    private static async Task ListDuringOutageAsync(HttpContext context)
    {
        ((SharedStore)context.RequestServices.GetRequiredService<IDistributedCache>()).Fail();
        await context.RequestServices.GetRequiredService<BinanceSessions>().ListAsync("somebody", cancellationToken: context.RequestAborted);
    }

    private static async Task<SiteResponse> DuringOutageAsync(
        TestSite site, string path, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        var browser = await site.SignedInAsync();
        site.Store().Fail();
        return await browser.RequestAsync(method ?? HttpMethod.Get, path, null, headers);
    }

    private sealed class OwnResult : IAuthenticateResultFeature
    {
        public AuthenticateResult? AuthenticateResult { get; set; }
    }
}
