using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Challenge;

/// <summary>
/// A script cannot show Binance's page: it cannot use a redirect, and each one would leave a correlation cookie.
/// </summary>
public sealed class ScriptChallengeTests
{
    private static readonly (string Name, string Value) _xhr = ("X-Requested-With", "XMLHttpRequest");
    private static readonly (string Name, string Value) _fetch = ("Sec-Fetch-Mode", "cors");

    public static TheoryData<string, string> Scripts => new()
    {
        { "Sec-Fetch-Mode", "cors" },
        { "Sec-Fetch-Mode", "no-cors" },
        { "Sec-Fetch-Mode", "same-origin" },
        { "Sec-Fetch-Mode", "websocket" },
        { "X-Requested-With", "XMLHttpRequest" },
    };

    [Theory]
    [InlineData("/api/orders")]
    [InlineData("/api/typed")]
    [InlineData("/api/disabled")]
    public async Task An_endpoint_that_disables_redirects_is_unauthorized_for_anonymous_visitors(string path)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, Configure);
        var browser = site.Browser();

        var fromAnything = await browser.GetAsync(path);
        var fromNavigation = await browser.GetAsync(path, ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"));

        AssertUnauthorized(fromAnything);
        AssertUnauthorized(fromNavigation);
        Assert.NotNull(EndpointOf(site, path).Metadata.GetMetadata<IDisableCookieRedirectMetadata>());
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_script_that_opens_a_page_that_needs_a_user_is_unauthorized(string name, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, Configure);

        var response = await site.Browser().GetAsync("/orders", (name, value));

        AssertUnauthorized(response);
        Assert.Null(EndpointOf(site, "/orders").Metadata.GetMetadata<IDisableCookieRedirectMetadata>());
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_script_that_opens_a_page_that_challenges_is_unauthorized(string name, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, Configure);
        var browser = site.Browser();

        var result = await browser.GetAsync("/connect", (name, value));
        var context = await browser.GetAsync("/login?returnUrl=/orders", (name, value));

        AssertUnauthorized(result);
        AssertUnauthorized(context);
    }

    [Fact]
    public async Task A_script_is_unauthorized_in_an_application_without_endpoints()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var response = await site.Browser().GetAsync("/login", _fetch);

        AssertUnauthorized(response);
    }

    [Fact]
    public async Task An_endpoint_that_allows_redirects_redirects_a_request_that_is_not_a_script_s()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, Configure);
        var browser = site.Browser();

        var fromAnything = await browser.GetAsync("/api/allowed");
        var fromNavigation = await browser.GetAsync("/api/allowed", ("Sec-Fetch-Mode", "navigate"));
        var fromScript = await browser.GetAsync("/api/allowed", _fetch);

        AssertRedirects(binance, fromAnything);
        AssertRedirects(binance, fromNavigation);
        AssertUnauthorized(fromScript);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document|Sec-Fetch-Site: none|Sec-Fetch-User: ?1")]
    [InlineData("Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: iframe|Sec-Fetch-Site: cross-site")]
    [InlineData("Sec-Fetch-Dest: empty")]
    [InlineData("Accept: application/json")]
    [InlineData("X-Requested-With: com.example.browser")]
    public async Task A_navigation_redirects(string headers)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, Configure);
        var browser = site.Browser();
        (string, string)[] sent = [.. headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(header => header.Split(": ")).Select(pair => (pair[0], pair[1]))];

        var page = await browser.GetAsync("/orders", sent);
        var challenge = await browser.GetAsync("/connect", sent);

        AssertRedirects(binance, page);
        AssertRedirects(binance, challenge);
        var back = await browser.ReturnWithCodeAsync(new AuthorizeRequest(page.Location!));
        Assert.Equal("/orders", back.Location?.OriginalString);
    }

    // Blazor opens a page by fetch, and follows a redirect to another site by a navigation.
    [Theory]
    [InlineData("text/html; blazor-enhanced-nav=on")]
    [InlineData("text/html;blazor-enhanced-nav=on")]
    public async Task Blazor_s_enhanced_navigation_redirects(string accept)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, Configure);

        var response = await site.Browser().GetAsync("/orders", ("Accept", accept), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "empty"));

        AssertRedirects(binance, response);
    }

    // A script of another site can send the header of Blazor's script.
    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    public async Task Blazor_s_header_in_a_request_of_another_site_s_script_is_unauthorized(string sender)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, Configure);

        var response = await site.Browser().GetAsync("/orders", ("Accept", "text/html; blazor-enhanced-nav=on"), ("Sec-Fetch-Site", sender), _fetch);

        AssertUnauthorized(response);
    }

    [Theory]
    [InlineData("/api/orders", false)]
    [InlineData("/orders", true)]
    public async Task A_hundred_and_twenty_polls_leave_no_cookie_and_the_user_can_sign_in(string path, bool byFetch)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, Configure);
        var browser = site.Browser();

        for (var i = 0; i < 120; i++)
        {
            var poll = byFetch ? await browser.GetAsync(path, _fetch) : await browser.GetAsync(path);
            AssertUnauthorized(poll);
        }

        Assert.Empty(browser.Jar.Cookies);
        await browser.SignInAsync();
        var users = await browser.GetAsync(path, _fetch, _xhr);
        Assert.Equal(HttpStatusCode.OK, users.Status);
    }

    [Fact]
    public async Task The_application_s_event_for_redirects_is_not_called_for_a_script()
    {
        var redirects = 0;
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options
            => options.Events.OnRedirectToAuthorizationEndpoint = context =>
            {
                redirects++;
                context.Response.Redirect(context.RedirectUri);
                return Task.CompletedTask;
            });
        var browser = site.Browser();

        await browser.GetAsync("/login", _xhr);
        Assert.Equal(0, redirects);
        await browser.GetAsync("/login");

        Assert.Equal(1, redirects);
    }

    private static void Configure(SiteSetup setup) => setup.UseEndpoints(endpoints =>
    {
        endpoints.MapGet("/api/orders", () => new Order(1)).RequireAuthorization();
        endpoints.MapGet("/api/typed", () => TypedResults.Ok(new Order(1))).RequireAuthorization();
        endpoints.MapGet("/api/disabled", context => context.Response.WriteAsync("orders")).RequireAuthorization().DisableCookieRedirect();
        endpoints.MapGet("/api/allowed", () => new Order(1)).RequireAuthorization().AllowCookieRedirect();
        endpoints.MapGet("/orders", context => context.Response.WriteAsync("orders")).RequireAuthorization();
        endpoints.MapGet("/connect", () => Results.Challenge(new AuthenticationProperties { RedirectUri = "/orders" }, ["Binance"]));
    });

    private static RouteEndpoint EndpointOf(TestSite site, string path) => site.Services.GetRequiredService<EndpointDataSource>().Endpoints
        .OfType<RouteEndpoint>().Single(endpoint => endpoint.RoutePattern.RawText == path);

    private static void AssertUnauthorized(SiteResponse response)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, response.Status);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Null(response.Location);
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    private static void AssertRedirects(BinanceStub binance, SiteResponse response)
    {
        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        Assert.Equal(new Uri(binance.Address, "/en/oauth/authorize").ToString(), response.Location!.GetLeftPart(UriPartial.Path));
        Assert.Single(response.Headers.GetValues("Set-Cookie"));
    }

    private sealed record Order(int Id);
}
