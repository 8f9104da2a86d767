using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Two applications with different keys that share one cache, and a user whose id is the same in both.
/// </summary>
public sealed class SharedCacheTests
{
    [Fact]
    public async Task Ending_all_sessions_in_one_application_keeps_those_of_another()
    {
        var store = new SharedStore(new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        await using var first = await StartAsync(store, "first");
        await using var second = await StartAsync(store, "second");
        var (here, there) = (first.Browser(), second.Browser());
        await here.GetAsync("/as?user=somebody");
        await there.GetAsync("/as?user=somebody");

        await first.EndAllAsync("somebody", "Cookies");

        Assert.False((await here.SessionAsync()).SignedIn);
        Assert.True((await there.SessionAsync()).SignedIn);
        Assert.Single(await second.ListAsync("somebody", "Cookies"));
        Assert.Empty(second.Logged(LogLevel.Warning));
    }

    [Fact]
    public async Task A_sign_in_to_one_application_ends_no_session_of_another()
    {
        var store = new SharedStore(new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        await using var first = await StartAsync(store, "first");
        await using var second = await StartAsync(store, "second");
        var (here, there) = (first.Browser(), second.Browser());
        await first.EndAllAsync("somebody", "Cookies");

        await here.GetAsync("/as?user=somebody");
        await there.GetAsync("/as?user=somebody");

        Assert.True((await there.SessionAsync()).SignedIn);
        Assert.True((await here.SessionAsync()).SignedIn);
    }

    // Data protection tells applications apart by their discriminator.
    private static Task<TestSite> StartAsync(SharedStore store, string application) => TestSite.StartAsync(setup =>
    {
        setup.KeepOnServer();
        setup.Add(services => services
            .Configure<DataProtectionOptions>(options => options.ApplicationDiscriminator = application)
            .AddSingleton<IDistributedCache>(store));
    });
}
