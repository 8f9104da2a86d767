using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Two applications, each with keys of its own, that share one cache: the user's id is the same in both.
/// </summary>
public sealed class SharedCacheTests
{
    [Fact]
    public async Task Ending_all_sessions_in_one_application_leaves_those_of_another_alone()
    {
        var store = new SharedStore(new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        await using var first = await StartAsync(store, "first");
        await using var second = await StartAsync(store, "second");
        var (here, there) = (first.Browser(), second.Browser());
        await here.GetAsync("/become?user=somebody");
        await there.GetAsync("/become?user=somebody");

        await first.Sessions().EndAllAsync("somebody", "Cookies", TestContext.Current.CancellationToken);

        Assert.False((await here.SessionAsync()).SignedIn);
        Assert.True((await there.SessionAsync()).SignedIn);
        Assert.Single(await second.Sessions().ListAsync("somebody", "Cookies", TestContext.Current.CancellationToken));
        Assert.Empty(second.Logged(LogLevel.Warning));
    }

    [Fact]
    public async Task A_sign_in_to_one_application_ends_no_session_of_another()
    {
        var store = new SharedStore(new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        await using var first = await StartAsync(store, "first");
        await using var second = await StartAsync(store, "second");
        var (here, there) = (first.Browser(), second.Browser());
        await first.Sessions().EndAllAsync("somebody", "Cookies", TestContext.Current.CancellationToken);

        await here.GetAsync("/become?user=somebody");
        await there.GetAsync("/become?user=somebody");

        Assert.True((await there.SessionAsync()).SignedIn);
        Assert.True((await here.SessionAsync()).SignedIn);
    }

    // As the directory or SetApplicationName tell applications apart.
    private static Task<LifetimeSite> StartAsync(SharedStore store, string application) => ApplicationSites.StartAsync(
        setup => setup.Services = services => services.Configure<DataProtectionOptions>(options => options.ApplicationDiscriminator = application), shared: store);
}
