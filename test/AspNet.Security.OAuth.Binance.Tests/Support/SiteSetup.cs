using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// What a test wants otherwise on its <see cref="TestSite"/>.
/// </summary>
internal sealed class SiteSetup
{
    /// <summary>Runs after the options that every test site has.</summary>
    public Action<BinanceAuthenticationOptions> Binance { get; set; } = static _ => { };

    public Action<CookieAuthenticationOptions> Cookie { get; set; } = static _ => { };

    /// <summary>The option of that name, set before <see cref="Binance"/> runs; <see langword="null"/> leaves it unset.</summary>
    public string? FailurePath { get; set; } = "/failed";

    /// <summary>Runs before anything else is registered.</summary>
    public Action<IServiceCollection> ServicesBefore { get; set; } = static _ => { };

    /// <summary>Adds the application's schemes before Binance. The default is a cookie, which is the default scheme.</summary>
    public Func<IServiceCollection, AuthenticationBuilder>? Schemes { get; set; }

    /// <summary>Runs after everything else is registered.</summary>
    public Action<AuthenticationBuilder> Authentication { get; set; } = static _ => { };

    /// <summary>The path that the site is mounted at.</summary>
    public string? PathBase { get; set; }

    /// <summary>Middleware that the application registers before <c>UseAuthentication</c>.</summary>
    public Action<IApplicationBuilder> BeforeAuthentication { get; set; } = static _ => { };

    /// <summary>Middleware that the application registers after <c>UseAuthentication</c>.</summary>
    public Action<IApplicationBuilder> AfterAuthentication { get; set; } = static _ => { };

    /// <summary>Pages of the test's own, by their path.</summary>
    public Dictionary<string, RequestDelegate> Pages { get; } = [];

    /// <summary>Adds endpoints and authorization; a page for users sends others to Binance.</summary>
    public void UseEndpoints(Action<IEndpointRouteBuilder> map, Action<AuthorizationOptions>? authorization = null)
    {
        var authentication = Authentication;
        Authentication = schemes =>
        {
            authentication(schemes);
            schemes.Services
                .AddRouting()
                .AddAuthorization(authorization ?? (static _ => { }))
                .Configure<AuthenticationOptions>(options => options.DefaultChallengeScheme = BinanceAuthenticationDefaults.AuthenticationScheme);
        };
        AfterAuthentication = app => app.UseRouting().UseAuthorization().UseEndpoints(map);
    }
}
