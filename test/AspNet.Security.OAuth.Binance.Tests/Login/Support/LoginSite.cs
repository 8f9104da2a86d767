using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login.Support;

/// <summary>
/// Sites whose login is <c>MapBinanceLogin</c>, as an application would write them. No path of a page is set.
/// </summary>
internal static class LoginSite
{
    /// <summary>A second scheme of Binance.</summary>
    public const string Partner = "Partner";

    /// <summary>Starts a site with the endpoints below <c>/auth</c>.</summary>
    /// <param name="binance">The server.</param>
    /// <param name="place">Where the site keeps its sessions.</param>
    /// <param name="configure">The settings of the test.</param>
    /// <param name="map">Maps endpoints instead.</param>
    /// <param name="cookies">The cookies whose sessions are kept there; the default is the one that Binance signs in to.</param>
    public static Task<TestSite> StartAsync(
        BinanceStub binance,
        SessionPlace place = SessionPlace.Cookie,
        Action<SiteSetup>? configure = null,
        Action<IEndpointRouteBuilder>? map = null,
        params string[] cookies)
        => TestSite.StartAsync(binance, setup =>
        {
            Configure(setup, configure, map);
            new SessionStorage(place, cookies).Configure(setup);
        });

    /// <summary>Has a site serve its login endpoints, the pages of the tests here, and the settings of the test.</summary>
    public static void Configure(SiteSetup setup, Action<SiteSetup>? configure = null, Action<IEndpointRouteBuilder>? map = null)
    {
        setup.FailurePath = setup.LoginPath = null;
        setup.Pages["/token"] = WriteTokenAsync;
        setup.Pages["/as"] = SignInAsync;
        setup.Pages["/connect"] = ConnectAsync;
        setup.Map(map ?? MapAuth);
        configure?.Invoke(setup);

        var authentication = setup.Authentication;
        setup.Authentication = schemes =>
        {
            schemes.Services.AddRouting().AddAuthorization();
            authentication(schemes);
        };
    }

    /// <summary>Maps endpoints, as the first lines of a <c>Startup</c> do, and a page for users.</summary>
    /// <param name="setup">The site.</param>
    /// <param name="map">Maps the endpoints.</param>
    /// <param name="between">Adds middleware between <c>UseAuthorization</c> and <c>UseEndpoints</c>.</param>
    public static void Map(this SiteSetup setup, Action<IEndpointRouteBuilder> map, Action<IApplicationBuilder>? between = null)
        => setup.AfterAuthentication = app =>
        {
            app.UseRouting().UseAuthorization();
            between?.Invoke(app);
            app.UseEndpoints(endpoints =>
            {
                map(endpoints);
                endpoints.MapGet("/members", context => context.Response.WriteAsync("for users")).RequireAuthorization();
            });
        };

    public static void MapAuth(IEndpointRouteBuilder endpoints) => endpoints.MapGroup("/auth").MapBinanceLogin();

    /// <summary>Adds the second scheme.</summary>
    public static AuthenticationBuilder AddPartner(
        this AuthenticationBuilder schemes, BinanceStub binance, Action<BinanceAuthenticationOptions>? configure = null)
        => schemes.AddBinance(Partner, options =>
        {
            options.ClientId = "partner";
            options.ClientSecret = "partner's";
            options.CallbackPath = "/signin-partner";
            options.UseServer(binance.Address);
            configure?.Invoke(options);
        });

    public static IReadOnlyList<RouteEndpoint> Endpoints(this TestSite site)
        => [.. site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>The four endpoints, each by the last segment of its path.</summary>
    public static IReadOnlyDictionary<string, RouteEndpoint> LoginEndpoints(this TestSite site, string prefix = "/auth")
        => site.Endpoints()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith(prefix + "/", StringComparison.Ordinal))
            .ToDictionary(endpoint => endpoint.RoutePattern.RawText!.Split('/')[^1]);

    public static void FallbackNeedsUser(AuthorizationOptions options)
        => options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();

    // What a page of the application does for its form.
    private static Task WriteTokenAsync(HttpContext context)
    {
        var tokens = context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context);
        return context.Response.WriteAsync($"{tokens.FormFieldName}|{tokens.HeaderName}|{tokens.RequestToken}", context.RequestAborted);
    }

    // Signs in as another provider or the application does.
    private static Task SignInAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var properties = new AuthenticationProperties();
        if (query["scheme"] is [{ } scheme])
        {
            properties.Items[".AuthScheme"] = scheme;
        }

        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, query["user"]!)], "test");
        return context.SignInAsync(query["cookie"] is [{ } cookie] ? cookie : "Cookies", new ClaimsPrincipal(identity), properties);
    }

    // A challenge with its own scopes.
    private static Task ConnectAsync(HttpContext context)
    {
        var properties = new BinanceChallengeProperties { RedirectUri = "/" };
        properties.SetScope([.. context.Request.Query["scope"]!]);
        return context.ChallengeAsync("Binance", properties);
    }

    /// <summary>Checks the paths of the options that the login endpoints set.</summary>
    public static void AssertPaths(this TestSite site, string loginPath, string? failurePath, string? accessDeniedPath)
    {
        Assert.Equal(loginPath, site.CookieOptions().LoginPath.Value);
        Assert.Equal(failurePath, site.Options.FailurePath.Value);
        Assert.Equal(accessDeniedPath, site.Options.AccessDeniedPath.Value);
    }
}
