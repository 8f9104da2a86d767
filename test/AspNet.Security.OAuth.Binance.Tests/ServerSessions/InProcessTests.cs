using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// An application without a distributed cache, or with the framework's in-process one: the sessions are in the memory of the process.
/// </summary>
public sealed class InProcessTests
{
    [Fact]
    public async Task No_cache_is_registered_for_the_application()
    {
        await using var site = await StartAsync();

        Assert.Null(site.Services.GetService<IDistributedCache>());
        var browser = await site.SignedInAsync();
        Assert.InRange(browser.CookieHeader().Length, 1, 400);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_slides_is_listed_and_ends(bool withMemoryCache)
    {
        await using var site = await StartAsync(withMemoryCache ? services => services.AddDistributedMemoryCache() : null);
        var (browser, other) = (await site.SignedInAsync(), await site.SignedInAsync());
        site.Clock.Pass(TimeSpan.FromDays(8));
        Assert.True((await browser.SessionAsync()).SignedIn);
        site.Clock.Pass(TimeSpan.FromDays(7));

        // The other session did not slide.
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.False((await other.SessionAsync()).SignedIn);
        Assert.Equal(await browser.IdAsync(), Assert.Single(await site.ListAsync()).Id);
        await site.EndAllAsync();
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    // Above its size limit the framework's cache stores nothing new: a session in it would be lost.
    [Fact]
    public async Task The_size_limit_of_the_framework_s_memory_cache_evicts_no_session()
    {
        await using var site = await StartAsync(services => services.AddDistributedMemoryCache(options => options.SizeLimit = 1));
        var browsers = new List<SiteBrowser>();
        for (var i = 0; i < 5; i++)
        {
            browsers.Add(await site.SignedInAsync());
        }

        foreach (var browser in browsers)
        {
            Assert.True((await browser.SessionAsync()).SignedIn);
        }
    }

    // Without options the framework's cache has a limit of 200 MB. One array fills it, as the generations of 200 users.
    [Fact]
    public async Task A_session_begins_when_the_entries_of_others_have_200_MB()
    {
        var protection = new PlainProtection();
        await using var site = await StartAsync(services => services.AddSingleton<IDataProtectionProvider>(protection));
        protection.Instead = new byte[1024 * 1024];
        for (var user = 0; user < 200; user++)
        {
            await site.EndAllAsync($"user {user}");
        }

        protection.Instead = null;
        var browser = site.Browser();

        // A user without an id has no list, so that the session is the next entry: another one would start an eviction beside the test.
        await browser.GetAsync("/as?user=");

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_process_does_not_find_the_session_and_keeps_the_cookie(bool withMemoryCache)
    {
        Action<IServiceCollection>? services = withMemoryCache ? collection => collection.AddDistributedMemoryCache() : null;
        await using var site = await StartAsync(services);
        await using var neighbour = await site.StartNeighbourAsync(setup => Configure(setup, services));
        var browser = await site.SignedInAsync();

        var response = await browser.Copy(neighbour).GetAsync("/session");

        Assert.False(response.Session.SignedIn);
        Assert.Empty(response.SetCookies);
        Assert.Empty(await neighbour.ListAsync());
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // Any other implementation is used.
    [Fact]
    public async Task A_registered_cache_is_used()
    {
        await using var site = await ServerSite.StartAsync();

        await site.SignedInAsync();

        Assert.Single(site.Store().Tickets());
    }

    private static Task<TestSite> StartAsync(Action<IServiceCollection>? services = null)
        => TestSite.StartAsync(setup => Configure(setup, services));

    private static void Configure(SiteSetup setup, Action<IServiceCollection>? services)
    {
        setup.KeepOnServer();
        setup.Services = services ?? (static _ => { });
    }
}
