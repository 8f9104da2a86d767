using Medallion.Threading;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Sites;

/// <summary>
/// Two processes of one site, with a lock and a cache between them.
/// </summary>
internal sealed class Farm : IAsyncDisposable
{
    private readonly Action<SiteSetup> _share;

    private Farm(TestSite first, TestSite second, SharedStore store, SharedLocks locks, Action<SiteSetup> share)
        => (First, Second, Store, Locks, _share) = (first, second, store, locks, share);

    public TestSite First { get; }

    public TestSite Second { get; }

    public SharedStore Store { get; }

    public SharedLocks Locks { get; }

    public static async Task<Farm> StartAsync(Action<SiteSetup>? configure = null)
    {
        SharedStore? store = null;
        var locks = new SharedLocks();
        void Share(SiteSetup setup)
        {
            configure?.Invoke(setup);
            var application = setup.Services;
            setup.Services = services =>
            {
                application(services);
                services.TryAddSingleton<IDistributedCache>(provider => store ??= new SharedStore(provider.GetRequiredService<TimeProvider>()));
                services.AddSingleton<IDistributedLockProvider>(locks);
            };
        }

        var first = await TestSite.StartAsync(Share);
        store = (SharedStore)first.Services.GetRequiredService<IDistributedCache>();
        return new Farm(first, await first.StartNeighbourAsync(Share), store, locks, Share);
    }

    /// <summary>Starts one more process. It has to end before the farm.</summary>
    public Task<TestSite> StartNeighbourAsync() => First.StartNeighbourAsync(_share);

    public async ValueTask DisposeAsync()
    {
        try
        {
            First.Secrets.AssertAbsentFrom(Store.Text);
            First.Secrets.AssertAbsentFrom(string.Join('\n', Locks.Names));
        }
        finally
        {
            await Second.DisposeAsync();
            await First.DisposeAsync();
        }
    }
}
