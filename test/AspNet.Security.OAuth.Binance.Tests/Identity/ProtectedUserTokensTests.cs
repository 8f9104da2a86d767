using System.Text;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// Where Identity's store protects personal data, it protects the tokens.
/// </summary>
public sealed class ProtectedUserTokensTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_stored_value_is_not_readable_in_the_database_where_the_store_protects(bool protects)
    {
        await using var site = await _database.StartAsync(setup =>
        {
            if (protects)
            {
                setup.Options = options => options.Stores.ProtectPersonalData = true;
                setup.Context = typeof(ProtectedContext);
                setup.AddIdentity = static (services, database) => IdentitySetup
                    .Add<IdentityUser, IdentityRole, ProtectedContext>(services, database)
                    .AddPersonalDataProtection<Protector, KeyRing>();
            }
        });
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        var refreshed = await browser.TokenAsync();
        var refreshToken = site.Emulator.Tokens.RefreshTokens.Single().Value;

        var text = await RawAsync(site, protects ? typeof(ProtectedContext) : typeof(IdentityDbContext));

        Assert.NotEqual(token, refreshed);
        Assert.Equal(!protects, text.Contains(refreshed!, StringComparison.Ordinal));
        Assert.Equal(!protects, text.Contains(refreshToken, StringComparison.Ordinal));
        Assert.Equal(refreshed, await browser.TokenAsync());
        await browser.SignOutAsync();
        Assert.Equal([refreshed!], site.Revoked());
    }

    // What the database holds, past the model that protects it.
    private static async Task<string> RawAsync(LifetimeSite site, Type type)
    {
        await using var scope = site.Services.CreateAsyncScope();
        var context = (DbContext)scope.ServiceProvider.GetRequiredService(type);
        var values = await context.Database.SqlQueryRaw<string>("SELECT \"Value\" FROM \"AspNetUserTokens\"").ToListAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(values);
        return string.Join('\n', values);
    }

    // A type of its own, because the model of a context's type is made once.
    private sealed class ProtectedContext(DbContextOptions<ProtectedContext> options) : IdentityDbContext(options);

    // Names are looked up by their protected value, which has to be the same each time.
    private sealed class Protector : ILookupProtector
    {
        public string? Protect(string keyId, string? data) => data is null ? null : Convert.ToBase64String([.. Encoding.UTF8.GetBytes(data).Reverse()]);

        public string? Unprotect(string keyId, string? data) => data is null ? null : Encoding.UTF8.GetString([.. Enumerable.Reverse(Convert.FromBase64String(data))]);
    }

    private sealed class KeyRing : ILookupProtectorKeyRing
    {
        public string this[string keyId] => "key";

        public string CurrentKeyId => "key";

        public IEnumerable<string> GetAllKeyIds() => ["key"];
    }
}
