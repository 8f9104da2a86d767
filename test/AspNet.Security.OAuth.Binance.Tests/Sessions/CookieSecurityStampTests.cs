using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.Identity;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// ASP.NET Core Identity whose own cookie holds the tokens of the external login: the security stamp is validated every 30 minutes, which
/// replaces the principal and renews the cookie, or ends the session.
/// </summary>
public sealed class CookieSecurityStampTests
{
    private const string Scheme = "Identity.Application";
    private const string CookieName = ".AspNetCore.Identity.Application";

    /// <summary>The session's age in minutes (at 56, the tokens are due in the request that validates the stamp), and where it is.</summary>
    public static MatrixTheoryData<int, SessionPlace> AgesAndPlaces => new([35, 56], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(AgesAndPlaces))]
    public async Task A_valid_stamp_renews_the_principal_and_keeps_the_newest_tokens(int minutes, SessionPlace place)
    {
        await using var database = await OpenDatabaseAsync();
        await using var site = await StartAsync(database, new SessionStorage(place, Scheme));
        var browser = await SignedInAsync(site);
        await ChangeUserAsync(site, (users, user) => users.AddClaimAsync(user, new Claim("changed", "yes")));
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));

        var response = await browser.GetAsync("/session?scheme=" + Scheme);
        var after = (await browser.GetAsync("/session?scheme=" + Scheme)).Session;

        Assert.Equal("yes", response.Session.Claim("changed"));
        Assert.Equal("yes", after.Claim("changed"));
        Assert.Equal(place is SessionPlace.Server ? 0 : 1, response.SetCookies.Count);
        Assert.Equal(site.Clock.GetUtcNow(), after.Issued);
        Assert.Equal(minutes == 56 ? 1 : 0, site.RefreshCalls);
        Assert.Equal((response.Session.AccessToken, response.Session.RefreshToken), (after.AccessToken, after.RefreshToken));
        Assert.True(site.Emulator.Tokens.IsRefreshTokenLive(after.RefreshToken!));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(AgesAndPlaces))]
    public async Task A_changed_stamp_ends_the_session_and_revokes_its_token_once(int minutes, SessionPlace place)
    {
        var sessions = new SessionStorage(place, Scheme);
        await using var database = await OpenDatabaseAsync();
        await using var site = await StartAsync(database, sessions);
        var browser = await SignedInAsync(site);
        var token = (await browser.GetAsync("/session?scheme=" + Scheme)).Session.AccessToken;
        await ChangeUserAsync(site, (users, user) => users.UpdateSecurityStampAsync(user));
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));

        var response = await browser.GetAsync("/session?scheme=" + Scheme);

        Assert.False(response.Session.SignedIn);
        Assert.Empty(browser.Jar.Named(CookieName));
        Assert.Single(response.SetCookies, cookie => cookie.Name == CookieName);
        Assert.Equal("Bearer " + token, Assert.Single(site.Revocations).Authorization);
        Assert.Equal(0, site.RefreshCalls);
        Assert.Empty(sessions.Entries);
    }

    private static async Task<SiteBrowser> SignedInAsync(TestSite site)
    {
        var browser = await site.SignedInWithTlsAsync();
        await browser.GetAsync("/linked");
        Assert.Single(browser.Jar.Named(CookieName));
        Assert.Empty(browser.Jar.Named("Identity.External"));
        Assert.Empty(site.Revocations);
        return browser;
    }

    private static async Task ChangeUserAsync(TestSite site, Func<UserManager<IdentityUser>, IdentityUser, Task<IdentityResult>> change)
    {
        await using var scope = site.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
        Assert.True((await change(users, await users.Users.SingleAsync(TestContext.Current.CancellationToken))).Succeeded);
    }

    // The application gives its own session the properties of the external login, tokens included, and times of its own.
    private static async Task LinkAsync(HttpContext context)
    {
        var signIn = context.RequestServices.GetRequiredService<SignInManager<IdentityUser>>();
        var info = (await signIn.GetExternalLoginInfoAsync())!;
        var user = new IdentityUser(info.ProviderKey);
        Assert.True((await signIn.UserManager.CreateAsync(user)).Succeeded);
        Assert.True((await signIn.UserManager.AddLoginAsync(user, info)).Succeeded);
        var properties = info.AuthenticationProperties!;
        (properties.IssuedUtc, properties.ExpiresUtc) = (null, null);
        await signIn.SignInAsync(user, properties, info.LoginProvider);
        await context.SignOutAsync(IdentityConstants.ExternalScheme);
        await context.Response.WriteAsync("linked", context.RequestAborted);
    }

    // A database in memory lives as long as its connection.
    private static async Task<SqliteConnection> OpenDatabaseAsync()
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private static async Task<TestSite> StartAsync(SqliteConnection database, SessionStorage sessions)
    {
        var site = await TestSite.StartAsync(setup =>
        {
            setup.Services = services =>
            {
                services.AddDbContext<IdentityDbContext>(options => options.UseSqlite(database));
                services.AddIdentity<IdentityUser, IdentityRole>().AddEntityFrameworkStores<IdentityDbContext>();
            };
            setup.Pages["/login"] = IdentityPages.LogInAsync;
            setup.Pages["/linked"] = LinkAsync;
            sessions.Configure(setup);
        });
        await using var scope = site.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IdentityDbContext>().Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        return site;
    }
}
