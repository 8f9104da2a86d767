using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A process without a web server, and without a cookie, that ends the sessions of a site.
/// </summary>
public sealed class WorkerSessionTests
{
    [Fact]
    public async Task A_worker_ends_the_sessions_of_a_site_and_revokes_their_tokens()
    {
        await using var site = await ApplicationSites.StartAsync();
        var browser = await site.SignedInAsync();
        var user = (await browser.SessionAsync()).UserId!;
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.ConfigureContainer(new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }));
        builder.Services.AddSingleton<TimeProvider>(site.Clock);
        builder.Services.AddSingleton<IDistributedCache>(site.Store());
        builder.Services.AddAuthentication().AddBinance(options =>
        {
            (options.ClientId, options.ClientSecret) = (BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.ClientSecret);
            options.UseServer(site.Emulator.BaseAddress);
        }).AddBinanceServerSessions();
        builder.Services.AddSingleton(site.Services.GetRequiredService<IDataProtectionProvider>());
        using var worker = builder.Build();
        await worker.StartAsync(TestContext.Current.CancellationToken);

        var sessions = worker.Services.GetRequiredService<BinanceSessions>();
        var listed = Assert.Single(await sessions.ListAsync(user, cancellationToken: TestContext.Current.CancellationToken));
        Assert.True(await sessions.EndAsync(user, listed.Id, cancellationToken: TestContext.Current.CancellationToken));

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Single(site.Revocations);
    }
}
