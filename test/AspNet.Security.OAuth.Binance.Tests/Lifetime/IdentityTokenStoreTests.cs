using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// An application with ASP.NET Core Identity, which keeps the tokens in its database, and a job that uses them while the user is away.
/// </summary>
public sealed class IdentityTokenStoreTests : IAsyncDisposable
{
    // In memory for as long as this connection is open. Each job has one of its own.
    private readonly SqliteConnection _database = new($"DataSource=file:{Guid.NewGuid():N}?mode=memory&cache=shared");

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Tokens_in_the_database_are_refreshed_by_a_job_without_the_user()
    {
        await using var site = await StartAsync();
        await RegisterAsync(site);
        var before = await StoredAsync(site, "access_token");
        Assert.True(site.Emulator.Tokens.IsLive(before!));

        // Fresh tokens are used as they are.
        Assert.Equal(before, await RunJobAsync(site));
        Assert.Equal(0, site.RefreshCalls);

        site.Clock.Pass(LifetimeSite.TokenLifetime);
        var after = await RunJobAsync(site);

        Assert.NotEqual(before, after);
        Assert.True(site.Emulator.Tokens.IsLive(after!));
        Assert.Equal(after, await StoredAsync(site, "access_token"));
        Assert.True(site.Emulator.Tokens.IsRefreshTokenLive((await StoredAsync(site, "refresh_token"))!));
        Assert.Equal(1, site.RefreshCalls);

        site.Clock.Pass(LifetimeSite.TokenLifetime);
        Assert.True(site.Emulator.Tokens.IsLive((await RunJobAsync(site))!));
        Assert.Equal(2, site.RefreshCalls);
    }

    [Fact]
    public async Task Two_jobs_at_once_spend_the_refresh_token_once()
    {
        await using var site = await StartAsync();
        await RegisterAsync(site);
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        string?[] results;
        using (var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token))
        {
            var one = RunJobAsync(site);
            await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
            var other = RunJobAsync(site);
            hold.Release();
            results = await Task.WhenAll(one, other);
        }

        Assert.True(site.Emulator.Tokens.IsLive(Assert.Single(results.Distinct())!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_refused_refresh_takes_the_tokens_out_of_the_database_and_an_outage_does_not()
    {
        await using var site = await StartAsync();
        await RegisterAsync(site);
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => RunJobAsync(site));
        Assert.Equal(BinanceFailure.Unavailable, failure.Failure);
        Assert.NotNull(await StoredAsync(site, "refresh_token"));

        site.Clock.Pass(TimeSpan.FromSeconds(30));
        site.Emulator.Tokens.RevokeAll();
        Assert.Null(await RunJobAsync(site));
        Assert.Null(await StoredAsync(site, "refresh_token"));
        Assert.Null(await StoredAsync(site, "access_token"));
    }

    [Fact]
    public async Task The_user_s_own_session_is_neither_refreshed_nor_ended_and_the_login_revokes_nothing()
    {
        await using var site = await StartAsync();
        var browser = await RegisterAsync(site);
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        var session = await browser.SessionAsync(IdentityConstants.ApplicationScheme);

        Assert.True(session.SignedIn);
        Assert.Null(session.AccessToken);
        Assert.Equal(0, site.RefreshCalls);
        Assert.Empty(site.Revocations);
        Assert.Empty(site.Logged(LogLevel.Warning));
    }

    // What an application writes: Identity over Entity Framework, and Binance beside it.
    private async Task<LifetimeSite> StartAsync()
    {
        await _database.OpenAsync(TestContext.Current.CancellationToken);
        var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Services = services =>
            {
                services.AddDbContext<IdentityDbContext>(options => options.UseSqlite(_database.ConnectionString));
                services.AddIdentity<IdentityUser, IdentityRole>().AddEntityFrameworkStores<IdentityDbContext>();
                services.AddScoped<BinanceTokenJob>();
            };
            setup.Pages["/login"] = context =>
            {
                var signIn = context.RequestServices.GetRequiredService<SignInManager<IdentityUser>>();
                return context.ChallengeAsync("Binance", signIn.ConfigureExternalAuthenticationProperties("Binance", "/arrived"));
            };
            setup.Pages["/arrived"] = ArriveAsync;
        });
        using var scope = site.Services.CreateScope();
        await scope.ServiceProvider.GetRequiredService<IdentityDbContext>().Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        return site;
    }

    private static async Task ArriveAsync(HttpContext context)
    {
        var users = context.RequestServices.GetRequiredService<UserManager<IdentityUser>>();
        var signIn = context.RequestServices.GetRequiredService<SignInManager<IdentityUser>>();
        var login = (await signIn.GetExternalLoginInfoAsync())!;
        var user = new IdentityUser(login.ProviderKey);
        Assert.True((await users.CreateAsync(user)).Succeeded);
        Assert.True((await users.AddLoginAsync(user, login)).Succeeded);
        Assert.True((await signIn.UpdateExternalAuthenticationTokensAsync(login)).Succeeded);
        await context.SignOutAsync(IdentityConstants.ExternalScheme);
        await signIn.SignInAsync(user, isPersistent: false);
    }

    private static async Task<LifetimeBrowser> RegisterAsync(LifetimeSite site)
    {
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/arrived");
        return browser;
    }

    private static async Task<string?> RunJobAsync(LifetimeSite site)
    {
        using var scope = site.Services.CreateScope();
        var user = await scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>().FindByLoginAsync("Binance", BinanceEmulatorDefaults.UserId);
        return await scope.ServiceProvider.GetRequiredService<BinanceTokenJob>().AccessTokenAsync(user!, TestContext.Current.CancellationToken);
    }

    private static async Task<string?> StoredAsync(LifetimeSite site, string name)
    {
        using var scope = site.Services.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
        return await users.GetAuthenticationTokenAsync((await users.FindByLoginAsync("Binance", BinanceEmulatorDefaults.UserId))!, "Binance", name);
    }
}
