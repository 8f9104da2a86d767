using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// What a test wants otherwise on its <see cref="LifetimeSite"/>.
/// </summary>
internal sealed class LifetimeSetup
{
    /// <summary>Runs after the options that every site has.</summary>
    public Action<BinanceAuthenticationOptions> Binance { get; set; } = static _ => { };

    public Action<CookieAuthenticationOptions> Cookie { get; set; } = static _ => { };

    /// <summary>Runs before anything of the site is registered.</summary>
    public Action<IServiceCollection> ServicesBefore { get; set; } = static _ => { };

    public Action<IServiceCollection> Services { get; set; } = static _ => { };

    /// <summary>Runs after everything else is registered, with the emulator's address.</summary>
    public Action<AuthenticationBuilder, Uri> Authentication { get; set; } = static (_, _) => { };

    /// <summary>Whether the application adds Binance before it adds its cookie.</summary>
    public bool BinanceComesFirst { get; set; }

    /// <summary>Middleware that the application registers before <c>UseAuthentication</c>.</summary>
    public Action<IApplicationBuilder> BeforeAuthentication { get; set; } = static _ => { };

    /// <summary>Middleware that the application registers after <c>UseAuthentication</c>.</summary>
    public Action<IApplicationBuilder> AfterAuthentication { get; set; } = static _ => { };

    /// <summary>Whether the site runs on Kestrel, on a free port of the loopback interface, instead of the in-memory server.</summary>
    public bool UseKestrel { get; set; }

    /// <summary>Pages of the test's own, by their path.</summary>
    public Dictionary<string, RequestDelegate> Pages { get; } = [];
}
