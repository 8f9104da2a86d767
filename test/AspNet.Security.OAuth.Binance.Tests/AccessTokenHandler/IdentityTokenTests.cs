
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler;

/// <summary>
/// <c>AddBinanceAccessToken</c> with ASP.NET Core Identity: Binance signs in to the external cookie, and the session is in that of the application.
/// </summary>
public sealed class IdentityTokenTests : IAsyncDisposable
{
    private const string OtherUser = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

    private readonly SqliteConnection _database = new("DataSource=:memory:");
    private readonly CalledApi _api = new();

    public ValueTask DisposeAsync()
    {
        _api.Dispose();
        return _database.DisposeAsync();
    }

    [Fact]
    public async Task Token_of_the_application_s_cookie_is_sent_and_refreshed()
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/arrived?keep=yes");

        Assert.Equal("called", (await browser.GetAsync("/call")).Body);
        Assert.Equal("Bearer " + await TokenAsync(browser, IdentityConstants.ApplicationScheme), Assert.Single(_api.Sent));
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.Equal("called", (await browser.GetAsync("/call")).Body);
        Assert.True(site.Emulator.Tokens.IsLive(_api.Sent[^1]!["Bearer ".Length..]));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Empty(site.Revocations);
    }

    // The external cookie lives for five minutes, and another user can sign in with the same browser in that time.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Token_of_another_user_s_unfinished_sign_in_is_not_sent(bool keepsTokens)
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();
        await browser.GetAsync(keepsTokens ? "/arrived?keep=yes" : "/arrived");
        site.Emulator.Users.Add(new() { UserId = OtherUser, Label = "Other" });
        site.Emulator.Options.AutoApproveUser = OtherUser;
        await browser.SignInAsync();
        Assert.NotNull(await TokenAsync(browser, IdentityConstants.ExternalScheme));

        await browser.GetAsync("/call");

        Assert.Equal(keepsTokens ? ["Bearer " + await TokenAsync(browser, IdentityConstants.ApplicationScheme)] : [], _api.Sent);
    }

    private static async Task<string?> TokenAsync(SiteBrowser browser, string cookie) => (await browser.SessionAsync(cookie)).AccessToken;

    // The page after the sign-in; with "keep" the application stores the tokens in its own cookie.
    private static async Task ArriveAsync(HttpContext context)
    {
        var users = context.RequestServices.GetRequiredService<UserManager<IdentityUser>>();
        var signIn = context.RequestServices.GetRequiredService<SignInManager<IdentityUser>>();
        var login = (await signIn.GetExternalLoginInfoAsync())!;
        var user = new IdentityUser(login.ProviderKey);
        Assert.True((await users.CreateAsync(user)).Succeeded);
        var properties = context.Request.Query.ContainsKey("keep") ? login.AuthenticationProperties! : new();

        // Otherwise the session would have the lifetime of the external cookie.
        (properties.IssuedUtc, properties.ExpiresUtc) = (null, null);
        await signIn.SignInAsync(user, properties);
        await context.SignOutAsync(IdentityConstants.ExternalScheme);
    }

    private async Task<TestSite> StartAsync()
    {
        await _database.OpenAsync(TestContext.Current.CancellationToken);
        var site = await _api.StartAsync(setup =>
        {
            setup.Services += services =>
            {
                services.AddDbContext<IdentityDbContext>(options => options.UseSqlite(_database));
                services.AddIdentity<IdentityUser, IdentityRole>().AddEntityFrameworkStores<IdentityDbContext>();
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
}
