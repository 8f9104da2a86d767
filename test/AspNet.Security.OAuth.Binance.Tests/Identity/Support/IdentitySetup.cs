using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// What a test wants otherwise on a site with ASP.NET Core Identity.
/// </summary>
internal sealed class IdentitySetup
{
    /// <summary>Whether the site calls <c>AddBinanceTokens</c>.</summary>
    public bool KeepsTokens { get; set; } = true;

    /// <summary>Whether the site adds Identity before it adds Binance.</summary>
    public bool ComesFirst { get; set; }

    public Action<LifetimeSetup> Site { get; set; } = static _ => { };

    public Action<IdentityOptions> Options { get; set; } = static _ => { };

    /// <summary>Adds Identity on a database with these options.</summary>
    public Func<IServiceCollection, Action<DbContextOptionsBuilder>, IdentityBuilder> AddIdentity { get; set; } = Add<IdentityUser, IdentityRole, IdentityDbContext>;

    /// <summary>The type of the database's context.</summary>
    public Type Context { get; set; } = typeof(IdentityDbContext);

    public Action<LifetimeSetup> Pages { get; set; } = AccountPages<IdentityUser>.AddTo;

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
}
