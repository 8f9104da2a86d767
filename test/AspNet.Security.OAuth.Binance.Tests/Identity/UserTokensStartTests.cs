using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// The validation of <c>AddBinanceTokens</c> at startup, and the orders in which services can be registered.
/// </summary>
public sealed class UserTokensStartTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task User_store_without_IUserAuthenticationTokenStore_is_refused()
    {
        var exception = await FailToStartAsync(setup => setup.AddIdentity
            = static (services, _) => services.AddIdentityCore<IdentityUser>().AddUserStore<PlainStore>());

        Assert.Contains(nameof(PlainStore), exception.Message, StringComparison.Ordinal);
        Assert.Contains("IUserAuthenticationTokenStore", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scheme_without_SaveTokens_is_refused()
    {
        var exception = await FailToStartAsync(static setup => setup.Binance = SaveNothing);

        Assert.Contains("'Binance'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("SaveTokens", exception.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Scheme_without_SaveTokens_that_signs_in_to_another_cookie_is_accepted()
    {
        await using var site = await _database.StartAsync(setup => setup.Site = site => site.Authentication = builder => builder.AddBinance("Plain", options =>
        {
            (options.ClientId, options.ClientSecret, options.CallbackPath, options.SignInScheme) = ("plain", "secret", "/signin-plain", "Cookies");
            options.UseServer(site.Server);
            SaveNothing(options);
        }));

        await new AccountBrowser(site).RegisterAsync();

        Assert.Single(await site.SignInsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task AddBinanceTokens_can_be_called_twice()
    {
        await using var site = await _database.StartAsync(setup =>
        {
            var add = setup.AddIdentity;
            setup.AddIdentity = (services, database) => add(services, database).AddBinanceTokens();
        });

        await AssertWorksAsync(site);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AddBinanceTokens_can_be_called_before_or_after_AddBinance(bool before)
    {
        await using var site = await _database.StartAsync(setup => setup.ComesFirst = before);

        await AssertWorksAsync(site);
    }

    // Identity's cookies without the other services of AddIdentity.
    [Fact(Timeout = 60_000)]
    public async Task AddIdentityCore_is_enough()
    {
        await using var site = await _database.StartAsync(setup =>
        {
            setup.Binance = options => options.SignInScheme = IdentityConstants.ExternalScheme;
            setup.AddIdentity = (services, database) =>
            {
                services.AddDbContext<IdentityDbContext>(database);
                services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies();
                return services.AddIdentityCore<IdentityUser>().AddSignInManager().AddEntityFrameworkStores<IdentityDbContext>();
            };
        });

        await AssertWorksAsync(site);
    }

    [Fact]
    public async Task Services_pass_the_container_s_validation()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging().AddAuthentication().AddBinance(options => (options.ClientId, options.ClientSecret) = ("id", "secret"));
        IdentitySetup.Add<IdentityUser, IdentityRole, IdentityDbContext>(services, static _ => { }).AddBinanceTokens();

        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        await using var scope = provider.CreateAsyncScope();

        Assert.NotNull(scope.ServiceProvider.GetRequiredService<BinanceUserTokens<IdentityUser>>());
    }

    private static void SaveNothing(BinanceAuthenticationOptions options)
        => (options.SaveTokens, options.AutomaticRefresh, options.RevokeOnSignOut) = (false, false, false);

    private static async Task AssertWorksAsync(TestSite site)
    {
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();
        Assert.Single(await site.SignInsAsync());
        Assert.Equal(token, await browser.TokenAsync());
        await browser.SignOutAsync();
        Assert.Equal([token], site.Revoked());
        await site.AssertNothingStoredAsync();
    }

    private async Task<OptionsValidationException> FailToStartAsync(Action<IdentitySetup> configure)
        => await Assert.ThrowsAsync<OptionsValidationException>(() => _database.StartAsync(configure));

    // A store of users only.
    private sealed class PlainStore : IUserStore<IdentityUser>
    {
        public Task<IdentityResult> CreateAsync(IdentityUser user, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IdentityResult> DeleteAsync(IdentityUser user, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IdentityUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IdentityUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<string?> GetNormalizedUserNameAsync(IdentityUser user, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<string> GetUserIdAsync(IdentityUser user, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<string?> GetUserNameAsync(IdentityUser user, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task SetNormalizedUserNameAsync(IdentityUser user, string? normalizedName, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task SetUserNameAsync(IdentityUser user, string? userName, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IdentityResult> UpdateAsync(IdentityUser user, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
