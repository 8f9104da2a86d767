using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Identity.Support;

/// <summary>
/// The settings of a site with ASP.NET Core Identity.
/// </summary>
internal sealed class IdentitySetup
{
    /// <summary>Whether the site calls <c>AddBinanceTokens</c>.</summary>
    public bool KeepsTokens { get; set; } = true;

    /// <summary>Whether the site adds Identity before it adds Binance.</summary>
    public bool ComesFirst { get; set; }

    public Action<SiteSetup> Site { get; set; } = static _ => { };

    public Action<IdentityOptions> Options { get; set; } = static _ => { };

    /// <summary>Adds Identity on a database with these options.</summary>
    public Func<IServiceCollection, Action<DbContextOptionsBuilder>, IdentityBuilder> AddIdentity { get; set; } = Add<IdentityUser, IdentityRole, IdentityDbContext>;

    /// <summary>The type of the database's context.</summary>
    public Type Context { get; set; } = typeof(IdentityDbContext);

    public Action<SiteSetup> Pages { get; set; } = AccountPages<IdentityUser>.AddTo;

    public Action<BinanceAuthenticationOptions> Binance
    {
        set
        {
            var site = Site;
            Site = setup =>
            {
                site(setup);
                setup.Binance += value;
            };
        }
    }

    public static IdentitySetup Of(Action<IdentitySetup>? configure)
    {
        var setup = new IdentitySetup();
        configure?.Invoke(setup);
        return setup;
    }

    public static IdentityBuilder Add<TUser, TRole, TContext>(IServiceCollection services, Action<DbContextOptionsBuilder> database)
        where TUser : class
        where TRole : class
        where TContext : DbContext
        => services.AddDbContext<TContext>(database).AddIdentity<TUser, TRole>().AddEntityFrameworkStores<TContext>();

    /// <summary>Keeps Identity's sessions on the server, with a cache of the site.</summary>
    public static void KeepOnServer(IdentitySetup setup)
    {
        KeepInFarm(setup);
        setup.Site += static site => site.Add(static services
            => services.AddSingleton<IDistributedCache>(static provider => new SharedStore(provider.GetRequiredService<TimeProvider>())));
    }

    /// <summary>Keeps Identity's sessions on the server, in the cache of the farm.</summary>
    public static void KeepInFarm(IdentitySetup setup) => setup.Site = static site => site.KeepOnServer(null, IdentityConstants.ApplicationScheme);
}
