extern alias Identity;

using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Identity::IdentitySite.Data;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Identity.Support;

/// <summary>
/// The site of docs/identity.md, with a database of its own.
/// </summary>
public sealed class IdentitySite : SiteHost<Identity::Program>
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("identity-site-");
    private readonly bool _requireConfirmedAccount;

    private IdentitySite(BinanceEmulator binance, bool requireConfirmedAccount)
        : base(binance)
        => _requireConfirmedAccount = requireConfirmedAccount;

    public static async Task<IdentitySite> StartAsync(bool requireConfirmedAccount = false)
        => Start(new IdentitySite(await StartEmulatorAsync(), requireConfirmedAccount));

    /// <summary>Reads what Identity has stored.</summary>
    public async Task<T> ReadAsync<T>(Func<ApplicationDbContext, Task<T>> read)
    {
        await using var scope = Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<ApplicationDbContext>());
    }

    /// <summary>Counts the tokens of all users in Identity's store.</summary>
    public Task<int> CountStoredTokensAsync() => ReadAsync(database => database.UserTokens.CountAsync(TestContext.Current.CancellationToken));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    protected override void Configure(IWebHostBuilder builder)
    {
        builder.UseSetting("ConnectionStrings:DefaultConnection", $"DataSource={Path.Combine(_folder.FullName, "app.db")};Cache=Shared;Pooling=False");
        builder.UseSetting("Identity:SignIn:RequireConfirmedAccount", $"{_requireConfirmedAccount}");
    }
}
