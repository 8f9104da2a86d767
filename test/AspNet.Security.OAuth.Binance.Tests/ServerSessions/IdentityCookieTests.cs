
using AspNet.Security.OAuth.Binance.Tests.Identity;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// ASP.NET Core Identity with its application cookie named: its sessions are on the server, those of the external login are not.
/// </summary>
public sealed class IdentityCookieTests
{
    private const string Scheme = "Identity.Application";
    private const string CookieName = ".AspNetCore.Identity.Application";

    [Fact]
    public async Task An_external_login_ends_in_a_session_on_the_server()
    {
        await using var database = await OpenDatabaseAsync();
        await using var site = await StartAsync(database);

        var browser = await SignedInAsync(site);

        Assert.InRange(CookieName.Length + 1 + browser.Cookie(CookieName).Length, 1, 400);
        Assert.Single(site.Store().Tickets());
        var session = Assert.Single(await site.ListAsync(await UserIdAsync(site), IdentityConstants.ApplicationScheme));
        Assert.Equal((Scheme, Scheme, await browser.IdAsync(Scheme)), (session.Scheme, session.CookieScheme, session.Id));
    }

    [Fact]
    public async Task An_administrator_ends_all_sessions_of_a_user()
    {
        await using var database = await OpenDatabaseAsync();
        await using var site = await StartAsync(database);
        var (one, other) = (await SignedInAsync(site), await SignedInAsync(site));
        var user = await UserIdAsync(site);
        Assert.Equal(2, (await site.ListAsync(user, IdentityConstants.ApplicationScheme)).Count);

        await site.EndAllAsync(user, IdentityConstants.ApplicationScheme);

        Assert.False((await one.SessionAsync(Scheme)).SignedIn);
        Assert.False((await other.SessionAsync(Scheme)).SignedIn);

        // The session has no tokens: Identity keeps them in its user store.
        Assert.Empty(site.Revocations);
        var again = await SignedInAsync(site);
        Assert.True((await again.SessionAsync(Scheme)).SignedIn);
    }

    [Fact]
    public async Task A_sign_out_ends_a_copied_cookie()
    {
        await using var database = await OpenDatabaseAsync();
        await using var site = await StartAsync(database);
        var browser = await SignedInAsync(site);
        var copy = browser.Copy();

        await browser.GetAsync("/log-out");

        Assert.False(browser.HasCookie(CookieName));
        Assert.False((await copy.SessionAsync(Scheme)).SignedIn);
        Assert.Empty(site.Store().Tickets());
    }

    [Fact]
    public async Task A_valid_stamp_renews_the_session_under_the_same_key()
    {
        await using var database = await OpenDatabaseAsync();
        await using var site = await StartAsync(database);
        var browser = await SignedInAsync(site);
        var id = await browser.IdAsync(Scheme);
        site.Clock.Pass(TimeSpan.FromMinutes(35));

        Assert.True((await browser.SessionAsync(Scheme)).SignedIn);

        Assert.Equal(site.Clock.GetUtcNow(), (await browser.SessionAsync(Scheme)).Issued);
        Assert.Equal(id, await browser.IdAsync(Scheme));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_changed_stamp_ends_the_session()
    {
        await using var database = await OpenDatabaseAsync();
        await using var site = await StartAsync(database);
        var browser = await SignedInAsync(site);
        await using (var scope = site.Services.CreateAsyncScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
            await users.UpdateSecurityStampAsync(await users.Users.SingleAsync(TestContext.Current.CancellationToken));
        }

        site.Clock.Pass(TimeSpan.FromMinutes(35));
        var copy = browser.Copy();

        Assert.False((await browser.SessionAsync(Scheme)).SignedIn);
        Assert.False((await copy.SessionAsync(Scheme)).SignedIn);
        Assert.Empty(site.Store().Tickets());
    }

    private static async Task<SiteBrowser> SignedInAsync(TestSite site)
    {
        var browser = site.Browser();
        await browser.SignInAsync();
        await browser.GetAsync("/linked");
        Assert.True(browser.HasCookie(CookieName));
        Assert.False(browser.HasCookie("Identity.External"));
        return browser;
    }

    private static async Task<string> UserIdAsync(TestSite site)
    {
        await using var scope = site.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<IdentityDbContext>().Users.SingleAsync(TestContext.Current.CancellationToken)).Id;
    }

    // A database in memory lives as long as its connection.
    private static async Task<SqliteConnection> OpenDatabaseAsync()
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private static async Task<TestSite> StartAsync(SqliteConnection database)
    {
        var site = await ServerSite.StartAsync(
            setup =>
            {
                setup.Services = services =>
                {
                    services.AddDbContext<IdentityDbContext>(options => options.UseSqlite(database));
                    services.AddIdentity<IdentityUser, IdentityRole>().AddEntityFrameworkStores<IdentityDbContext>();
                };
                setup.Pages["/login"] = IdentityPages.LogInAsync;
                setup.Pages["/linked"] = IdentityPages.LinkAsync;
                setup.Pages["/log-out"] = IdentityPages.LogOutAsync;
            },
            null,
            IdentityConstants.ApplicationScheme);
        await using var scope = site.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IdentityDbContext>().Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        return site;
    }
}
