using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// ASP.NET Core Identity with a database, without <c>AddBinanceTokens</c>: nothing is revoked.
/// </summary>
public sealed class IdentityTests
{
    [Fact]
    public async Task External_login_creates_a_user_and_revokes_nothing()
    {
        using var binance = new BinanceStub();
        await using var database = await OpenDatabaseAsync();
        await using var site = await StartAsync(binance, database);
        var browser = site.Browser();

        await LogInAsync(browser, expected: "created");

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.DoesNotContain("Identity.External", browser.Jar.Names);
        Assert.Empty(binance.Revocations);

        await using var scope = site.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
        var user = await users.FindByLoginAsync("Binance", Responses.UserId);
        Assert.Equal(Responses.Email, user!.Email);
        Assert.Equal(Responses.AccessToken, await users.GetAuthenticationTokenAsync(user, "Binance", "access_token"));
    }

    [Fact]
    public async Task Known_login_signs_in_and_revokes_nothing()
    {
        using var binance = new BinanceStub();
        await using var database = await OpenDatabaseAsync();
        await using var site = await StartAsync(binance, database);
        var first = site.Browser();
        var second = site.Browser();

        await LogInAsync(first, expected: "created");
        await LogInAsync(second, expected: "known");

        Assert.Equal((await first.SessionAsync()).UserId, (await second.SessionAsync()).UserId);
        Assert.Empty(binance.Revocations);
    }

    [Fact]
    public async Task Sign_out_of_the_application_revokes_nothing()
    {
        using var binance = new BinanceStub();
        await using var database = await OpenDatabaseAsync();
        await using var site = await StartAsync(binance, database);
        var browser = site.Browser();

        await LogInAsync(browser, expected: "created");
        var response = await browser.GetAsync("/log-out");

        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(binance.Revocations);
    }

    [Fact(Timeout = 60_000)]
    public async Task Changed_security_stamp_ends_the_session()
    {
        using var binance = new BinanceStub();
        await using var database = await OpenDatabaseAsync();
        await using var site = await StartAsync(binance, database);
        var browser = site.Browser();
        await LogInAsync(browser, expected: "created");

        await using (var scope = site.Services.CreateAsyncScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
            await users.UpdateSecurityStampAsync((await users.FindByLoginAsync("Binance", Responses.UserId))!);
        }

        site.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.DoesNotContain(".AspNetCore.Identity.Application", browser.Jar.Names);
        Assert.Empty(binance.Revocations);
    }

    private static async Task LogInAsync(SiteBrowser browser, string expected)
    {
        var back = await browser.ReturnWithCodeAsync(await browser.ChallengeAsync("/log-in"));
        Assert.Equal("/linked", back.Location!.OriginalString);
        var linked = await browser.GetAsync("/linked");
        Assert.Equal(expected, linked.Body);
    }

    // An in-memory database lives as long as its connection.
    private static async Task<SqliteConnection> OpenDatabaseAsync()
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private static async Task<TestSite> StartAsync(BinanceStub binance, SqliteConnection database)
    {
        var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.Authentication = builder =>
            {
                builder.Services.AddDbContext<IdentityDbContext>(options => options.UseSqlite(database));
                builder.Services.AddIdentity<IdentityUser, IdentityRole>().AddEntityFrameworkStores<IdentityDbContext>();
                builder.Services.Configure<SecurityStampValidatorOptions>(options => options.ValidationInterval = TimeSpan.Zero);

                // SQLite completes synchronously. The yield turns an endless recursion into a timeout of the test instead of a
                // stack overflow of the process.
                builder.Services.ConfigureApplicationCookie(options => options.Events.OnValidatePrincipal = async context =>
                {
                    await Task.Yield();
                    await SecurityStampValidator.ValidatePrincipalAsync(context);
                });
            };
            setup.Pages["/log-in"] = IdentityPages.LogInAsync;
            setup.Pages["/linked"] = IdentityPages.LinkAsync;
            setup.Pages["/log-out"] = IdentityPages.LogOutAsync;
        });

        await using var scope = site.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IdentityDbContext>().Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        return site;
    }
}
