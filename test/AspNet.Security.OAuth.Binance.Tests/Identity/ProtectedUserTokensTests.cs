using System.Text;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// With <c>ProtectPersonalData</c>, Identity's store encrypts the tokens.
/// </summary>
public sealed class ProtectedUserTokensTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tokens_are_encrypted_in_the_database_when_the_store_protects_personal_data(bool protects)
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
        site.Clock.Pass(TestSite.TokenLifetime);
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

    // The values in the database, without the model's decryption.
    private static async Task<string> RawAsync(TestSite site, Type type)
    {
        await using var scope = site.Services.CreateAsyncScope();
        var context = (DbContext)scope.ServiceProvider.GetRequiredService(type);
        var values = await context.Database.SqlQueryRaw<string>("SELECT \"Value\" FROM \"AspNetUserTokens\"").ToListAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(values);
        return string.Join('\n', values);
    }

    // A separate type, because Entity Framework caches one model for each context type.
    private sealed class ProtectedContext(DbContextOptions<ProtectedContext> options) : IdentityDbContext(options);

    // Users are found by their protected name, so that the protection has to be deterministic.
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
