using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The endpoints with an application's policies, conventions and OpenAPI document.
/// </summary>
public sealed class ApplicationTests
{
    private static readonly string[] _names = ["failed", "login", "logout", "user"];

    public static TheoryData<string> Guards => ["fallback policy", "group", "builder", "default policy"];

    [Theory]
    [MemberData(nameof(Guards))]
    public async Task Endpoints_allow_anonymous_visitors_under_any_policy_of_the_application(string guard)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance,
            configure: setup => setup.Authentication = schemes => schemes.Services.AddAuthorization(options =>
            {
                if (guard is "fallback policy")
                {
                    LoginSite.FallbackNeedsUser(options);
                }
                else if (guard is "default policy")
                {
                    options.DefaultPolicy = new AuthorizationPolicyBuilder().RequireClaim("never").Build();
                }
            }),
            map: endpoints =>
            {
                var group = endpoints.MapGroup("/auth");
                if (guard is "group" or "default policy")
                {
                    group.RequireAuthorization();
                }

                var login = group.MapBinanceLogin();
                if (guard is "builder")
                {
                    login.RequireAuthorization();
                }
            });
        var browser = site.Browser();

        var user = await browser.GetUserAsync();
        var failed = await browser.GetAsync("/auth/failed");
        var logout = await browser.SubmitAsync("/auth/logout", []);
        var login = await browser.GetAsync("/auth/login");

        Assert.Equal((HttpStatusCode.Unauthorized, ""), (user.Status, user.Body));
        Assert.Equal(HttpStatusCode.OK, failed.Status);
        logout.AssertRedirects("/");
        login.AssertChallenges();
    }

    [Fact]
    public async Task There_are_four_endpoints_with_their_methods_and_metadata()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);

        var endpoints = site.LoginEndpoints();

        Assert.Equal(_names, endpoints.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, endpoint) in endpoints)
        {
            Assert.Equal(name is "logout" ? "POST" : "GET", Assert.Single(endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods));
            Assert.NotNull(endpoint.Metadata.GetMetadata<IAllowAnonymous>());
            Assert.Equal(["Login with Binance"], endpoint.Metadata.GetRequiredMetadata<ITagsMetadata>().Tags);
            Assert.NotEqual("", endpoint.Metadata.GetRequiredMetadata<IEndpointSummaryMetadata>().Summary);
        }

        Assert.Equal(4, endpoints.Values.Select(endpoint => endpoint.Metadata.GetRequiredMetadata<IEndpointSummaryMetadata>().Summary).Distinct().Count());
    }

    [Fact]
    public async Task A_convention_on_the_returned_builder_applies_to_all_four_endpoints()
    {
        var finished = new List<string?>();
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints =>
        {
            var login = endpoints.MapGroup("/auth").WithMetadata(new Mark("group")).MapBinanceLogin();
            login.WithMetadata(new Mark("builder"));
            login.Finally(endpoint => finished.Add(((RouteEndpointBuilder)endpoint).RoutePattern.RawText));
        });

        var endpoints = site.LoginEndpoints();

        Assert.Equal(_names, endpoints.Keys.Order(StringComparer.Ordinal));
        Assert.All(endpoints.Values, endpoint => Assert.Equal(["group", "builder"], endpoint.Metadata.GetOrderedMetadata<Mark>().Select(mark => mark.Name)));
        Assert.Equal(4, finished.Distinct().Count());
    }

    [Fact]
    public async Task A_required_host_applies_to_all_four_endpoints()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints => endpoints.MapGroup("/auth").MapBinanceLogin().RequireHost("other.example"));
        var (here, there) = (site.Browser(), site.Browser("https://other.example"));

        foreach (var path in new[] { "/auth/login", "/auth/user", "/auth/failed" })
        {
            var elsewhere = await here.GetAsync(path);
            var response = await there.GetAsync(path);
            Assert.Equal("a page", elsewhere.Body);
            Assert.NotEqual("a page", response.Body);
        }

        var logout = await here.SignOutByScriptAsync();
        Assert.Equal("a page", logout.Body);
    }

    [Fact]
    public async Task A_filter_of_the_group_runs_or_is_refused_and_never_changes_the_response()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints
            => endpoints.MapGroup("/auth").AddEndpointFilter(async (context, next) => await next(context)).MapBinanceLogin());
        var browser = await site.SignedInAsync();

        var user = await browser.ReadUserAsync();
        var failed = await browser.GetAsync("/auth/failed");
        var login = await browser.GetAsync("/auth/login?returnUrl=/orders");
        var logout = await browser.SignOutByFormAsync();

        Assert.Equal(Responses.UserId, user.GetProperty("userId").GetString());
        LoginPage.Of(failed).AssertSelfContained();
        login.AssertRedirects("/orders");
        logout.AssertRedirects("/");
    }

    [Fact]
    public async Task OpenApi_document_has_four_operations_with_their_parameters_and_responses()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Authentication = schemes => schemes.Services.AddEndpointsApiExplorer());

        var operations = site.Services.GetRequiredService<IApiDescriptionGroupCollectionProvider>().ApiDescriptionGroups.Items
            .SelectMany(group => group.Items)
            .Where(item => item.RelativePath!.StartsWith("auth/", StringComparison.Ordinal))
            .ToDictionary(item => $"{item.HttpMethod} {item.RelativePath}");

        Assert.Equal(["GET auth/failed", "GET auth/login", "GET auth/user", "POST auth/logout"], operations.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["locale", "returnUrl"], ParametersOf(operations["GET auth/login"]));
        Assert.Equal(["returnUrl"], ParametersOf(operations["POST auth/logout"]));
        Assert.Empty(ParametersOf(operations["GET auth/user"]));
        Assert.Equal(["failure", "returnUrl"], ParametersOf(operations["GET auth/failed"]));
        Assert.All(operations.Values.SelectMany(operation => operation.ParameterDescriptions), parameter => Assert.False(parameter.IsRequired, parameter.Name));

        Assert.Subset(StatusesOf(operations["GET auth/login"]), new HashSet<int> { 302, 401 });
        Assert.Subset(StatusesOf(operations["POST auth/logout"]), new HashSet<int> { 204, 302, 400 });
        Assert.Subset(StatusesOf(operations["GET auth/user"]), new HashSet<int> { 200, 401 });
        Assert.Subset(StatusesOf(operations["GET auth/failed"]), new HashSet<int> { 200 });
    }

    [Fact]
    public async Task OpenApi_document_has_the_type_of_the_user()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Authentication = schemes => schemes.Services.AddEndpointsApiExplorer());

        var response = site.Services.GetRequiredService<IApiDescriptionGroupCollectionProvider>().ApiDescriptionGroups.Items
            .SelectMany(group => group.Items)
            .Single(item => item.RelativePath == "auth/user")
            .SupportedResponseTypes.Single(response => response.StatusCode == 200);

        Assert.Contains("application/json", response.ApiResponseFormats.Select(format => format.MediaType));
        Assert.Equal(
            ["email", "requestedscopes", "sessionexpiresat", "userid"],
            response.Type!.GetProperties().Select(property => property.Name.ToLowerInvariant()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Endpoints_of_two_schemes_have_different_names()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance,
            configure: setup => setup.Authentication = schemes => schemes.AddPartner(binance).Services.AddEndpointsApiExplorer(),
            map: endpoints =>
            {
                endpoints.MapGroup("/auth").MapBinanceLogin();
                endpoints.MapGroup("/partner").MapBinanceLogin(LoginSite.Partner);
            });

        // LinkGenerator fails where two endpoints have the same name.
        Assert.Null(site.Services.GetRequiredService<LinkGenerator>().GetPathByName("no such endpoint", values: null));
        Assert.Equal(8, site.LoginEndpoints("/auth").Count + site.LoginEndpoints("/partner").Count);
    }

    private static IEnumerable<string> ParametersOf(ApiDescription operation)
        => operation.ParameterDescriptions.Where(parameter => parameter.Source.Id == "Query").Select(parameter => parameter.Name).Order(StringComparer.Ordinal);

    private static HashSet<int> StatusesOf(ApiDescription operation) => [.. operation.SupportedResponseTypes.Select(response => response.StatusCode)];

    private sealed record Mark(string Name);
}
