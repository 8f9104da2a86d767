using System.Data;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// A database of ASP.NET Core Identity in memory, and the sites on it. Each scope of each process has a connection of its own.
/// </summary>
internal sealed class IdentityDatabase : IAsyncDisposable
{
    // The database lives as long as this connection.
    private readonly SqliteConnection _database = new($"DataSource=file:{Guid.NewGuid():N}?mode=memory&cache=shared");

    /// <summary>What goes wrong with it, in every process.</summary>
    public DatabaseFaults Faults { get; } = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    public async Task<LifetimeSite> StartAsync(Action<IdentitySetup>? configure = null)
    {
        var site = await LifetimeSite.StartAsync(setup => Configure(setup, configure));
        await CreateAsync(site, configure);
        return site;
    }

    /// <summary>Starts two processes with one database, one lock and one cache.</summary>
    public async Task<Farm> StartFarmAsync(Action<IdentitySetup>? configure = null)
    {
        var farm = await Farm.StartAsync(setup => Configure(setup, configure));
        await CreateAsync(farm.First, configure);
        return farm;
    }

    /// <summary>Starts another process on the database, without a lock or a cache between them.</summary>
    public Task<LifetimeSite> StartNeighbourAsync(LifetimeSite first, Action<IdentitySetup>? configure = null)
        => first.StartNeighbourAsync(setup => Configure(setup, configure));

    private void Configure(LifetimeSetup setup, Action<IdentitySetup>? configure)
    {
        var identity = IdentitySetup.Of(configure);
        identity.Site(setup);
        if (identity.ComesFirst)
        {
            setup.ServicesBefore = services => Add(services, identity);
        }
        else
        {
            setup.Services += services => Add(services, identity);
        }

        identity.Pages(setup);
    }

    private void Add(IServiceCollection services, IdentitySetup identity)
    {
        var builder = identity.AddIdentity(services, options => options.UseSqlite(_database.ConnectionString).AddInterceptors(Faults));
        builder.AddDefaultTokenProviders();
        services.Configure(identity.Options);

        // No test is about how hard a password is to guess.
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1);
        if (identity.KeepsTokens)
        {
            builder.AddBinanceTokens();
        }
    }

    private async Task CreateAsync(LifetimeSite site, Action<IdentitySetup>? configure)
    {
        if (_database.State is not ConnectionState.Open)
        {
            await _database.OpenAsync(TestContext.Current.CancellationToken);
        }

        await using var scope = site.Services.CreateAsyncScope();
        var context = (DbContext)scope.ServiceProvider.GetRequiredService(IdentitySetup.Of(configure).Context);
        await context.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
    }
}
