using System.Net;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The application's own page for an outage. It is executed in the request that failed, for an anonymous visitor.
/// </summary>
public sealed class UnavailablePageTests
{
    private const string Page = "/unavailable";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_page_has_the_status_of_an_outage(bool post)
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();

        var response = await (post ? browser.PostAsync("/sign-out?a=b") : browser.GetAsync("/members?a=b"));

        ServerSite.AssertIsUnavailable(response);
        Assert.Equal("GET /unavailable, user: no, ticket: no, body: 0", response.Body);
    }

    [Fact]
    public async Task The_page_does_not_get_the_posted_form()
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();

        var response = await browser.SubmitAsync("/sign-out", [("field", "value")]);

        ServerSite.AssertIsUnavailable(response);
        Assert.StartsWith("GET /unavailable, user: no, ticket: no", response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_has_status_200_without_an_outage()
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();

        var response = await browser.GetAsync(Page);

        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.StartsWith("GET /unavailable, user: yes, ticket: yes", response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_for_the_page_gets_it_with_503_in_an_outage()
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();

        var response = await browser.GetAsync(Page);

        ServerSite.AssertIsUnavailable(response);
        Assert.StartsWith("GET /unavailable, user: no", response.Body, StringComparison.Ordinal);
    }

    // The cache fails after the request was authenticated.
    [Theory]
    [InlineData(0)]
    [InlineData(8)] // The session slides in this request.
    public async Task A_sign_out_that_cannot_be_written_gets_the_page_anonymously(int days)
    {
        await using var site = await StartAsync(setup =>
        {
            setup.Binance = options => options.AutomaticRefresh = false;
            setup.Persist();
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromDays(days));
        site.Store().Commands.Before = (command, _) => command is StoreCommand.Get
            ? Task.CompletedTask
            : Task.FromException(new InvalidOperationException("the connection is lost"));

        var response = await browser.PostAsync("/sign-out");

        ServerSite.AssertIsUnavailable(response);
        Assert.StartsWith("GET /unavailable, user: no, ticket: no", response.Body, StringComparison.Ordinal);
        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
    }

    [Fact]
    public async Task A_page_of_an_endpoint_is_found_by_routing()
    {
        await using var site = await StartAsync(setup =>
        {
            setup.Pages.Remove(Page);
            setup.Add(services => services.AddRouting());
            setup.AfterAuthentication = app => app.UseRouting().UseEndpoints(endpoints => endpoints.MapGet(Page, () => "an endpoint"));
        });
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();

        var response = await browser.PostAsync("/anything");

        ServerSite.AssertIsUnavailable(response);
        Assert.Equal("an endpoint", response.Body);
    }

    [Fact]
    public async Task The_page_is_found_below_the_path_base()
    {
        await using var site = await StartAsync(setup => setup.BeforeAuthentication = app => app.UsePathBase("/shop"));
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();

        var response = await browser.GetAsync("/shop/members");

        ServerSite.AssertIsUnavailable(response);
        Assert.StartsWith("GET /unavailable, user: no", response.Body, StringComparison.Ordinal);
    }

    private static Task<TestSite> StartAsync(Action<SiteSetup>? configure = null) => ServerSite.StartAsync(
        setup =>
        {
            setup.Pages[Page] = ServeAsync;
            configure?.Invoke(setup);
        },
        sessions => sessions.UnavailablePath = Page);

    private static async Task ServeAsync(HttpContext context)
    {
        var ticket = await context.AuthenticateAsync("Cookies");
        var user = context.User.Identity is { IsAuthenticated: true } ? "yes" : "no";
        await context.Response.WriteAsync(
            $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}, user: {user}, "
            + $"ticket: {(ticket.Succeeded ? "yes" : "no")}, body: {context.Request.ContentLength ?? 0}",
            context.RequestAborted);
    }
}
