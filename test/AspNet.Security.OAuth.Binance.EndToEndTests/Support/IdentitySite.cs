extern alias Identity;

using AspNet.Security.OAuth.Binance.Emulator;
using Identity::IdentitySite.Data;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support;

/// <summary>
/// The site of docs/identity.md on a real Kestrel, with a database of its own and an emulator whose clock is that of the site, too.
/// </summary>
public sealed class IdentitySite : WebApplicationFactory<Identity::Program>
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("identity-site-");
    private readonly bool _requireConfirmedAccount;

    private IdentitySite(BinanceEmulator binance, bool requireConfirmedAccount) => (Binance, _requireConfirmedAccount) = (binance, requireConfirmedAccount);

    public BinanceEmulator Binance { get; }

    public static async Task<IdentitySite> StartAsync(bool requireConfirmedAccount = false)
    {
        var site = new IdentitySite(await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken), requireConfirmedAccount);
        site.UseKestrel();
        site.StartServer();
        return site;
    }

    public string Url(string path) => new Uri(ClientOptions.BaseAddress, path).AbsoluteUri;

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
        await Binance.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        var server = new BinanceAuthenticationOptions();
        server.UseServer(Binance.BaseAddress);

        builder.UseEnvironment("Development");
        builder.UseUrls("http://127.0.0.1:0");
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        builder.UseSetting("ConnectionStrings:DefaultConnection", $"DataSource={Path.Combine(_folder.FullName, "app.db")};Cache=Shared;Pooling=False");
        builder.UseSetting("Identity:SignIn:RequireConfirmedAccount", $"{_requireConfirmedAccount}");
        Set("ClientId", BinanceEmulatorDefaults.ClientId);
        Set("ClientSecret", BinanceEmulatorDefaults.ClientSecret);
        Set("AuthorizationEndpoint", server.AuthorizationEndpoint);
        Set("TokenEndpoint", server.TokenEndpoint);
        Set("UserInformationEndpoint", server.UserInformationEndpoint);
        Set("RevocationEndpoint", server.RevocationEndpoint);
        builder.ConfigureTestServices(services => services.AddSingleton<TimeProvider>(Binance.Clock));

        void Set(string name, string value) => builder.UseSetting("Authentication:Schemes:Binance:" + name, value);
    }
}
