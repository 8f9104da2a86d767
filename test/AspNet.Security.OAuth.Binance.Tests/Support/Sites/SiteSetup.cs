using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Sites;

/// <summary>
/// The settings of a <see cref="TestSite"/>.
/// </summary>
internal sealed class SiteSetup
{
    /// <summary>Runs after the options that every test site has.</summary>
    public Action<BinanceAuthenticationOptions> Binance { get; set; } = static _ => { };

    public Action<CookieAuthenticationOptions> Cookie { get; set; } = static _ => { };

    /// <summary>Sets options of the site's emulator. By default it approves each request, with access tokens of an hour.</summary>
    public Action<BinanceEmulatorOptions> Emulator { get; set; } = static _ => { };

    /// <summary>The client's id and secret; <see langword="null"/> are those of every test site.</summary>
    public (string Id, string Secret)? Client { get; set; }

    /// <summary>The address of the site's Binance. It is known when the services are registered, and not before.</summary>
    public Uri Server { get; set; } = null!;

    /// <summary>The option of that name, set before <see cref="Binance"/> runs; <see langword="null"/> leaves it unset.</summary>
    public string? FailurePath { get; set; } = "/failed";

    /// <summary>The cookie's option of that name, set before <see cref="Cookie"/> runs; <see langword="null"/> leaves it unset.</summary>
    public string? LoginPath { get; set; } = "/login";

    /// <summary>The site's time; <see langword="null"/> is a <see cref="TestTime"/>.</summary>
    public TimeProvider? Time { get; set; }

    /// <summary>Sets up the log. The default keeps every line for <see cref="TestSite.Logs"/>.</summary>
    public Action<ILoggingBuilder> Logging { get; set; } = static logging => logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging();

    /// <summary>Runs before anything else is registered.</summary>
    public Action<IServiceCollection> ServicesBefore { get; set; } = static _ => { };

    /// <summary>Adds the application's schemes. The default is a cookie, which is the default scheme.</summary>
    public Func<IServiceCollection, AuthenticationBuilder>? Schemes { get; set; }

    /// <summary>Whether the application adds Binance before it adds its cookie.</summary>
    public bool BinanceComesFirst { get; set; }

    /// <summary>Runs after the schemes are registered.</summary>
    public Action<AuthenticationBuilder> Authentication { get; set; } = static _ => { };

    /// <summary>Runs after everything else is registered.</summary>
    public Action<IServiceCollection> Services { get; set; } = static _ => { };

    /// <summary>Runs last before the site is built.</summary>
    public Action<WebApplicationBuilder> Host { get; set; } = static _ => { };

    /// <summary>Whether the emulator's secrets are looked for in the log when the site ends.</summary>
    public bool LooksForSecrets { get; set; } = true;

    /// <summary>The path that the site is mounted at.</summary>
    public string? PathBase { get; set; }

    /// <summary>Middleware that the application registers before <c>UseAuthentication</c>.</summary>
    public Action<IApplicationBuilder> BeforeAuthentication { get; set; } = static _ => { };

    /// <summary>Middleware that the application registers after <c>UseAuthentication</c>.</summary>
    public Action<IApplicationBuilder> AfterAuthentication { get; set; } = static _ => { };

    /// <summary>Whether the site runs on Kestrel, on a free port of the loopback interface, instead of the in-memory server.</summary>
    public bool UseKestrel { get; set; }

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

    /// <summary>Adds services to those of the test.</summary>
    public void Add(Action<IServiceCollection> add)
    {
        var application = Services;
        Services = services =>
        {
            application(services);
            add(services);
        };
    }
}
