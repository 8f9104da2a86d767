using System.Data;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Identity.Support;

/// <summary>
/// An in-memory database of ASP.NET Core Identity, and the sites that use it. Each scope of each process has its own connection.
/// </summary>
internal sealed class IdentityDatabase : IAsyncDisposable
{
    // The database lives as long as this connection.
    private readonly SqliteConnection _database = new($"DataSource=file:{Guid.NewGuid():N}?mode=memory&cache=shared");

    /// <summary>The faults of the database, for every process.</summary>
    public DatabaseFaults Faults { get; } = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    public async Task<TestSite> StartAsync(Action<IdentitySetup>? configure = null)
    {
        var site = await TestSite.StartAsync(setup => Configure(setup, configure));
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

    /// <summary>Starts another process with the same database, without a shared lock or cache.</summary>
    public Task<TestSite> StartNeighbourAsync(TestSite first, Action<IdentitySetup>? configure = null)
        => first.StartNeighbourAsync(setup => Configure(setup, configure));

    private void Configure(SiteSetup setup, Action<IdentitySetup>? configure)
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

        // Fast tests: the strength of password hashes does not matter here.
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1);
        if (identity.KeepsTokens)
        {
            builder.AddBinanceTokens();
        }
    }

    private async Task CreateAsync(TestSite site, Action<IdentitySetup>? configure)
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
