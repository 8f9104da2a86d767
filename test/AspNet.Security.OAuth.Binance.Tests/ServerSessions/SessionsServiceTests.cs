using System.Reflection;
using AspNet.Security.OAuth.Binance.Emulator;

using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The service that applications call, in a site and in a process without a server, and its replacement in unit tests.
/// </summary>
public sealed class SessionsServiceTests
{
    [Fact]
    public async Task The_service_is_a_singleton()
    {
        await using var site = await ServerSite.StartAsync();
        using var scope = site.Services.CreateScope();

        Assert.Same(site.Sessions(), scope.ServiceProvider.GetRequiredService<BinanceSessions>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_worker_lists_and_ends_the_sessions_of_the_site(bool withCookie)
    {
        await using var site = await ServerSite.StartAsync();
        var (browser, other) = (await site.SignedInAsync(), await site.SignedInAsync());
        using var worker = BuildWorker(site, withCookie);
        await worker.StartAsync(TestContext.Current.CancellationToken);
        var sessions = worker.Services.GetRequiredService<BinanceSessions>();

        Assert.Equal(2, (await sessions.ListAsync(ServerSite.User, cancellationToken: TestContext.Current.CancellationToken)).Count);
        Assert.True(await sessions.EndAsync(ServerSite.User, await browser.IdAsync(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.True((await other.SessionAsync()).SignedIn);
        await sessions.EndAllAsync(ServerSite.User, cancellationToken: TestContext.Current.CancellationToken);
        Assert.False((await other.SessionAsync()).SignedIn);
        Assert.Equal(2, site.Revocations.Count);
    }

    [Fact]
    public async Task A_worker_starts_without_the_named_cookie()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAuthentication().AddClient().AddBinanceServerSessions("a cookie of the site");
        using var worker = builder.Build();

        await worker.StartAsync(TestContext.Current.CancellationToken);

        var sessions = worker.Services.GetRequiredService<BinanceSessions>();
        Assert.Empty(await sessions.ListAsync("somebody", cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_arguments_are_checked()
    {
        await using var site = await ServerSite.StartAsync();
        var (sessions, stop) = (site.Sessions(), TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ArgumentNullException>("userId", () => sessions.ListAsync(null!, cancellationToken: stop));
        await Assert.ThrowsAsync<ArgumentException>("userId", () => sessions.ListAsync("", cancellationToken: stop));
        await Assert.ThrowsAsync<ArgumentNullException>("scheme", () => sessions.ListAsync("user", null!, stop));
        await Assert.ThrowsAsync<ArgumentException>("userId", () => sessions.EndAsync("", "id", cancellationToken: stop));
        await Assert.ThrowsAsync<ArgumentNullException>("sessionId", () => sessions.EndAsync("user", null!, cancellationToken: stop));
        await Assert.ThrowsAsync<ArgumentException>("sessionId", () => sessions.EndAsync("user", "", cancellationToken: stop));
        await Assert.ThrowsAsync<ArgumentException>("scheme", () => sessions.EndAsync("user", "id", "", stop));
        await Assert.ThrowsAsync<ArgumentNullException>("userId", () => sessions.EndAllAsync(null!, cancellationToken: stop));
        await Assert.ThrowsAsync<ArgumentException>("scheme", () => sessions.EndAllAsync("user", "", stop));
        Assert.Throws<ArgumentNullException>("context", () => sessions.GetCurrentId(null!));
    }

    [Fact]
    public async Task A_cancelled_call_stops_waiting_and_still_ends_the_sessions()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var (write, done) = (
            site.Store().Commands.Hold(StoreCommand.Set, ServerSite.Generation),
            site.Store().Commands.Next(StoreCommand.Remove, ServerSite.Index));
        using var closing = new CancellationTokenSource();
        var ending = site.Sessions().EndAllAsync(ServerSite.User, cancellationToken: closing.Token);
        await write.Reached;

        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ending);
        write.Release();
        await done;
        await site.Emulator.Requests.WaitForAsync(request => request.Endpoint is EmulatorEndpoint.Revoke, TestContext.Current.CancellationToken);

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Single(site.Revocations);
    }

    [Fact]
    public async Task A_registered_service_replaces_the_provider_s()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Services = services => services.AddSingleton<BinanceSessions, OwnSessions>());

        Assert.IsType<OwnSessions>(site.Sessions());
    }

    [Fact]
    public void A_unit_test_can_create_the_sessions_that_its_service_lists()
        => Assert.NotEmpty(typeof(BinanceSessionInfo).GetConstructors(BindingFlags.Public | BindingFlags.Instance));

    [Fact]
    public async Task A_unit_test_can_replace_the_service()
    {
        BinanceSessions sessions = new OwnSessions();

        Assert.Empty(await sessions.ListAsync("user", cancellationToken: TestContext.Current.CancellationToken));
        Assert.True(await sessions.EndAsync("user", "id", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("own", sessions.GetCurrentId(new DefaultHttpContext()));
    }

    private static IHost BuildWorker(TestSite site, bool withCookie)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.ConfigureContainer(new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }));
        builder.Services
            .AddSingleton<TimeProvider>(site.Clock)
            .AddSingleton(site.Services.GetRequiredService<IDataProtectionProvider>())
            .AddSingleton<IDistributedCache>(site.Store());
        var authentication = withCookie ? builder.Services.AddAuthentication("Cookies").AddCookie() : builder.Services.AddAuthentication();
        authentication
            .AddBinance(options =>
            {
                (options.ClientId, options.ClientSecret) = (BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.ClientSecret);
                options.UseServer(site.Emulator.BaseAddress);
            })
            .AddBinanceServerSessions();
        return builder.Build();
    }

    private sealed class OwnSessions : BinanceSessions
    {
        public override Task<IReadOnlyList<BinanceSessionInfo>> ListAsync(string userId, string scheme, CancellationToken cancellationToken)
            => Task.FromResult<IReadOnlyList<BinanceSessionInfo>>([]);

        public override Task<bool> EndAsync(string userId, string sessionId, string scheme, CancellationToken cancellationToken)
            => Task.FromResult(true);

        public override string? GetCurrentId(HttpContext context, string? cookieScheme) => "own";
    }
}
