using System.Buffers;
using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The page of an outage, however applications make it.
/// </summary>
public sealed class UnavailablePageRequestTests
{
    private const string Page = "We are back soon.";

    [Theory]
    [InlineData("Range", "bytes=0-3")]
    [InlineData("If-None-Match", "\"7\"")]
    [InlineData("If-Match", "\"8\"")]
    public async Task Conditions_of_the_request_are_not_those_of_the_page(string header, string value)
    {
        await using var site = await StartAsync(context
            => Results.Bytes("We are back soon."u8.ToArray(), "text/plain", enableRangeProcessing: true, entityTag: new EntityTagHeaderValue("\"7\"")).ExecuteAsync(context));

        using var response = await DuringOutageAsync(site, "/members", headers: (header, value));

        Assert.Equal(Page, await response.TextAsync());
        Assert.Null(response.Content.Headers.ContentRange);
    }

    [Fact]
    public async Task A_page_that_writes_and_does_not_flush_is_shown_alone()
    {
        await using var site = await StartAsync(context =>
        {
            context.Response.BodyWriter.Write("We are back soon."u8);
            return Task.CompletedTask;
        });

        using var response = await DuringOutageAsync(site, "/members");

        Assert.Equal(Page, await response.TextAsync());
    }

    [Fact]
    public async Task A_page_of_a_site_below_a_path_makes_links_to_that_path()
    {
        await using var site = await StartAsync(
            context => context.Response.WriteAsync(context.Request.PathBase + "/site.css", context.RequestAborted),
            setup => setup.BeforeAuthentication = app => app.UsePathBase("/shop"),
            "/shop/unavailable");

        using var response = await DuringOutageAsync(site, "/shop/members");

        Assert.Equal("/shop/site.css", await response.TextAsync());
    }

    [Fact]
    public async Task The_page_is_for_anonymous_visitors_when_the_cache_fails_in_the_middle_of_a_request()
    {
        await using var site = await StartAsync(
            context => context.Response.WriteAsync(context.User.Identity is { IsAuthenticated: true } ? "a user" : "a visitor", context.RequestAborted),
            setup => setup.Pages["/devices"] = async context =>
            {
                ((SharedStore)context.RequestServices.GetRequiredService<Microsoft.Extensions.Caching.Distributed.IDistributedCache>()).Fail();
                await context.RequestServices.GetRequiredService<BinanceSessions>().ListAsync("somebody", cancellationToken: context.RequestAborted);
            });
        var browser = await site.SignedInAsync();

        using var response = await site.SendAsync(browser, "/devices");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("a visitor", await response.TextAsync());
    }

    [Theory]
    [InlineData("redirects")]
    [InlineData("is missing")]
    [InlineData("is empty")]
    public async Task A_page_that_shows_nothing_is_logged(string fault)
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

        using var response = await DuringOutageAsync(site, "/members");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Null(response.Headers.Location);
        Assert.Contains(site.Logged(LogLevel.Error), record => record.Message.Contains("/unavailable", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("OPTIONS")]
    public async Task The_page_is_made_whatever_the_request_wanted(string method)
    {
        await using var site = await StartAsync(context => context.Response.WriteAsync(context.Request.Method + Page, context.RequestAborted));

        using var response = await DuringOutageAsync(site, "/members?a=b", new HttpMethod(method));

        Assert.Equal("GET" + Page, await response.TextAsync());
        Assert.Equal("5", Assert.Single(response.Headers.GetValues("Retry-After")));
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task An_exception_handler_of_the_application_does_not_change_the_status()
    {
        await using var site = await StartAsync(
            _ => throw new InvalidOperationException("The page is broken."),
            setup => setup.BeforeAuthentication = app => app.UseExceptionHandler(error => error.Run(context => context.Response.WriteAsync("sorry", context.RequestAborted))));

        using var response = await DuringOutageAsync(site, "/members");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("sorry", await response.TextAsync());
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

        using var response = await DuringOutageAsync(site, "/members");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("5", Assert.Single(response.Headers.GetValues("Retry-After")));
    }

    private static Task<LifetimeSite> StartAsync(RequestDelegate page, Action<LifetimeSetup>? configure = null, string path = "/unavailable")
        => ApplicationSites.StartAsync(
            setup =>
            {
                setup.Pages["/unavailable"] = page;
                setup.Services = services => services.AddRouting();
                configure?.Invoke(setup);
            },
            options => options.UnavailablePath = path);

    private static async Task<HttpResponseMessage> DuringOutageAsync(
        LifetimeSite site, string path, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        var browser = await site.SignedInAsync();
        site.Store().Fail();
        return await site.SendAsync(browser, path, method, headers);
    }
}
