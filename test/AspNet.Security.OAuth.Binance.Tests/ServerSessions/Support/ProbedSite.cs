using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A site that keeps its sessions on the server, in a cache that a test can take away, with pages that sign in without Binance.
/// </summary>
internal sealed class ProbedSite : IAsyncDisposable
{
    private readonly Action<LifetimeSetup> _share;

    private ProbedSite(LifetimeSite site, SharedStore store, Action<LifetimeSetup> share) => (Site, Store, _share) = (site, store, share);

    public LifetimeSite Site { get; }

    public SharedStore Store { get; }

    public BinanceSessions Sessions => Site.Services.GetRequiredService<BinanceSessions>();

    public static async Task<ProbedSite> StartAsync(Action<LifetimeSetup>? configure = null)
    {
        SharedStore? store = null;
        void Share(LifetimeSetup setup)
        {
            setup.Authentication = (builder, _) => builder.AddBinanceServerSessions();
            setup.Pages["/local"] = context => context.SignInAsync("Cookies", CookieSites.User("local"));
            configure?.Invoke(setup);
            var application = setup.Services;
            setup.Services = services =>
            {
                application(services);
                services.AddSingleton<IDistributedCache>(provider => store ??= new SharedStore(provider.GetRequiredService<TimeProvider>()));
            };
        }

        var site = await LifetimeSite.StartAsync(Share);
        return new(site, (SharedStore)site.Services.GetRequiredService<IDistributedCache>(), Share);
    }

    /// <summary>Starts another process of the site, with the same cache and without a lock. It has to end before this one.</summary>
    public Task<LifetimeSite> StartNeighbourAsync() => Site.StartNeighbourAsync(_share);

    /// <summary>Whether the sessions are on the server; in the cookie they are for comparison.</summary>
    public static void Configure(LifetimeSetup setup, bool onServer)
    {
        if (!onServer)
        {
            setup.Authentication = static (_, _) => { };
        }
    }

    /// <summary>Two cookies with sessions on the server, and a page that signs the session of the first in to the second.</summary>
    public static void AddOther(LifetimeSetup setup)
    {
        setup.Authentication = (builder, _) => builder.AddCookie("Other").AddBinanceServerSessions().AddBinanceServerSessions("Other");
        setup.Pages["/copy"] = async context =>
        {
            var session = await context.AuthenticateAsync("Cookies");
            await context.SignInAsync("Other", session.Principal!, new AuthenticationProperties(session.Properties!.Items.ToDictionary()));
        };
    }

    /// <summary>A page that signs in with what it found, when the test says so.</summary>
    public static RequestDelegate SignsInAgain(SlowPage page, string from = "Cookies") => async context =>
    {
        var session = await context.AuthenticateAsync(from);
        await page.WaitAsync();
        try
        {
            await context.SignInAsync("Cookies", session.Principal!, session.Properties);
        }
        catch (InvalidOperationException)
        {
            // The sign-in is refused.
        }
    };

    public ValueTask DisposeAsync() => Site.DisposeAsync();
}
