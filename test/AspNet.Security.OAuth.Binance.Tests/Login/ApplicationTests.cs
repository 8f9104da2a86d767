using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The endpoints in an application of some shape: its policies, its conventions, its OpenAPI document.
/// </summary>
public sealed class ApplicationTests
{
    private static readonly string[] _names = ["failed", "login", "logout", "user"];

    public static TheoryData<string> Guards => ["fallback policy", "group", "builder", "default policy"];

    [Theory]
    [MemberData(nameof(Guards))]
    public async Task Endpoints_are_for_anonymous_visitors_whatever_the_application_demands(string guard)
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
        var browser = new SiteBrowser(site);

        using var user = await browser.GetUserAsync();
        using var failed = await browser.GetAsync("/auth/failed");
        using var logout = await browser.SubmitAsync("/auth/logout", []);
        using var login = await browser.GetAsync("/auth/login");

        Assert.Equal((HttpStatusCode.Unauthorized, ""), (user.StatusCode, await user.TextAsync()));
        Assert.Equal(HttpStatusCode.OK, failed.StatusCode);
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
    public async Task A_convention_on_the_returned_builder_is_that_of_all_four()
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
    public async Task A_host_that_the_application_demands_is_that_of_all_four()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints => endpoints.MapGroup("/auth").MapBinanceLogin().RequireHost("other.example"));
        var (here, there) = (new SiteBrowser(site), new SiteBrowser(site, "https://other.example"));

        foreach (var path in new[] { "/auth/login", "/auth/user", "/auth/failed" })
        {
            using var elsewhere = await here.GetAsync(path);
            using var response = await there.GetAsync(path);
            Assert.Equal("a page", await elsewhere.TextAsync());
            Assert.NotEqual("a page", await response.TextAsync());
        }

        using var logout = await here.SignOutByScriptAsync();
        Assert.Equal("a page", await logout.TextAsync());
    }

    [Fact]
    public async Task A_filter_of_the_group_runs_or_is_refused_and_never_changes_the_response()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints
            => endpoints.MapGroup("/auth").AddEndpointFilter(async (context, next) => await next(context)).MapBinanceLogin());
        var browser = await site.SignedInAsync();

        var user = await browser.ReadUserAsync();
        using var failed = await browser.GetAsync("/auth/failed");
        using var login = await browser.GetAsync("/auth/login?returnUrl=/orders");
        using var logout = await browser.SignOutByFormAsync();

        Assert.Equal(Answers.UserId, user.GetProperty("userId").GetString());
        (await LoginPage.ReadAsync(failed)).AssertSelfContained();
        login.AssertRedirects("/orders");
        logout.AssertRedirects("/");
    }

    [Fact]
    public async Task Open_api_knows_four_operations_with_their_parameters_and_responses()
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
    public async Task Open_api_knows_the_type_of_the_user()
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
    public async Task Two_schemes_endpoints_have_no_name_in_common()
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

        // Making a link by a name fails where two endpoints have the same.
        Assert.Null(site.Services.GetRequiredService<LinkGenerator>().GetPathByName("no such endpoint", values: null));
        Assert.Equal(8, site.LoginEndpoints("/auth").Count + site.LoginEndpoints("/partner").Count);
    }

    [Fact]
    public void A_router_that_is_null_is_an_argument_error()
        => Assert.Throws<ArgumentNullException>("endpoints", () => BinanceLoginEndpoints(null!));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task A_scheme_without_a_name_is_an_argument_error(string? scheme)
    {
        using var binance = new BinanceStub();

        var exception = await Assert.ThrowsAnyAsync<ArgumentException>(() => StartAsync(binance, scheme!));

        Assert.Equal("scheme", exception.ParamName);
    }

    [Theory]
    [InlineData("binance")]
    [InlineData("Unknown")]
    [InlineData("Cookies")]
    public async Task A_scheme_that_is_none_of_binance_is_refused_by_its_name(string scheme)
    {
        using var binance = new BinanceStub();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(binance, scheme));

        Assert.Contains($"'{scheme}'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Identity_s_external_cookie_is_refused(bool byName)
    {
        using var binance = new BinanceStub();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using var site = await LoginSite.StartAsync(binance, configure: setup =>
            {
                setup.Binance = options => options.SignInScheme = byName ? "Identity.External" : null;
                setup.Schemes = services =>
                {
                    services.AddIdentity<Microsoft.AspNetCore.Identity.IdentityUser, Microsoft.AspNetCore.Identity.IdentityRole>();
                    return services.AddAuthentication();
                };
            });
        });

        Assert.Contains("'Binance'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("external cookie", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Identity_s_own_cookie_is_as_good_as_another()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup =>
        {
            setup.Binance = options => options.SignInScheme = "Identity.Application";
            setup.Schemes = services =>
            {
                services.AddIdentity<Microsoft.AspNetCore.Identity.IdentityUser, Microsoft.AspNetCore.Identity.IdentityRole>();
                services.ConfigureApplicationCookie(cookie => cookie.Events.OnValidatePrincipal = _ => Task.CompletedTask);
                return services.AddAuthentication();
            };
        });
        var browser = new SiteBrowser(site);

        Assert.Equal("/orders", await browser.LogInAsync("/auth/login?returnUrl=/orders"));
        Assert.Equal(Answers.UserId, (await browser.ReadUserAsync()).GetProperty("userId").GetString());

        // AddIdentity sets it, as an application does.
        Assert.Equal("/Account/Login", site.CookieOptions("Identity.Application").LoginPath);
        using var response = await browser.SignOutByFormAsync();
        response.AssertRedirects("/");
        using var user = await browser.GetUserAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, user.StatusCode);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task Endpoints_work_where_the_application_authenticates_nobody_by_default(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place, setup =>
        {
            setup.Binance = options => options.SignInScheme = "Cookies";
            setup.Schemes = services => services.AddAuthentication().AddCookie().AddCookie("Second");
        });
        var browser = new SiteBrowser(site);

        Assert.Equal("/orders", await browser.LogInAsync("/auth/login?returnUrl=/orders"));
        Assert.Equal(Answers.UserId, (await browser.ReadUserAsync()).GetProperty("userId").GetString());
        using var signedIn = await browser.GetAsync("/auth/login?returnUrl=/orders");
        using var signedOut = await browser.SignOutByScriptAsync();
        using var after = await browser.GetUserAsync();

        signedIn.AssertRedirects("/orders");
        LogoutProofTests.AssertNoContent(signedOut);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
        Assert.Single(binance.Revocations);
    }

    // Tokens of antiforgery are bound to the user of the request, who is then of no scheme.
    [Fact]
    public async Task Fresh_form_signs_out_where_the_application_authenticates_nobody_by_default()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup =>
        {
            setup.Binance = options => options.SignInScheme = "Cookies";
            setup.Schemes = services => services.AddAuthentication().AddCookie().AddCookie("Second");
        });
        var browser = await site.SignedInAsync();

        using var stale = await browser.SubmitAsync("/auth/logout", [], LoginRequests.OwnForm);
        var (action, fields) = (await LoginPage.ReadAsync(stale)).Form!.Value;
        using var response = await browser.SubmitAsync(action, fields, LoginRequests.OwnForm);

        response.AssertRedirects("/");
        Assert.Single(binance.Revocations);
    }

    private static IEndpointConventionBuilder BinanceLoginEndpoints(IEndpointRouteBuilder endpoints) => endpoints.MapBinanceLogin();

    private static async Task StartAsync(BinanceStub binance, string scheme)
    {
        await using var site = await LoginSite.StartAsync(binance, map: endpoints => endpoints.MapGroup("/auth").MapBinanceLogin(scheme));
    }

    private static IEnumerable<string> ParametersOf(ApiDescription operation)
        => operation.ParameterDescriptions.Where(parameter => parameter.Source.Id == "Query").Select(parameter => parameter.Name).Order(StringComparer.Ordinal);

    private static HashSet<int> StatusesOf(ApiDescription operation) => [.. operation.SupportedResponseTypes.Select(response => response.StatusCode)];

    private sealed record Mark(string Name);
}
