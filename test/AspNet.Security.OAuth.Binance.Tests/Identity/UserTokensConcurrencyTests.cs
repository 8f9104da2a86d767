using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// Each change of a user sets a new concurrency stamp. Storing tokens must not make an update fail for a page that loaded the user before, nor be lost by it.
/// </summary>
public sealed class UserTokensConcurrencyTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task Registration_page_can_change_the_user_after_the_sign_in()
    {
        await using var site = await StartAsync(async context =>
        {
            var signIn = AccountPages<IdentityUser>.SignIn(context);
            var info = (await signIn.GetExternalLoginInfoAsync())!;
            var user = new IdentityUser(AccountUsers.Name);
            Assert.True((await signIn.UserManager.CreateAsync(user)).Succeeded);
            Assert.True((await signIn.UserManager.AddLoginAsync(user, info)).Succeeded);
            await signIn.SignInAsync(user, isPersistent: false, info.LoginProvider);
            await ChangeAsync(signIn.UserManager, user);
        });
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();

        await browser.Browser.GetAsync("/own");

        Assert.Equal(token, await browser.TokenAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Callback_page_can_store_tokens_itself_after_the_sign_in()
    {
        await using var site = await StartAsync(async context =>
        {
            var info = await AccountPages<IdentityUser>.SignInWithLoginAsync(context);
            Assert.True((await AccountPages<IdentityUser>.SignIn(context).UpdateExternalAuthenticationTokensAsync(info)).Succeeded);
        });
        await new AccountBrowser(site).RegisterAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();

        await browser.Browser.GetAsync("/own");

        Assert.Equal(token, await browser.TokenAsync());
        Assert.Equal(token, (await site.RowsAsync())["access_token"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Page_can_change_the_user_after_RevokeAllAsync()
    {
        await using var site = await StartAsync(async context =>
        {
            var signIn = AccountPages<IdentityUser>.SignIn(context);
            var user = await AccountPages<IdentityUser>.UserAsync(context);
            await context.RequestServices.GetRequiredService<BinanceUserTokens<IdentityUser>>().RevokeAllAsync(user, cancellationToken: context.RequestAborted);
            await ChangeAsync(signIn.UserManager, user);
        });
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();

        await browser.Browser.GetAsync("/own");

        await site.AssertNothingStoredAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Refresh_by_a_job_is_stored_while_a_page_changes_the_user()
    {
        await using var site = await StartAsync(async context =>
        {
            var signIn = AccountPages<IdentityUser>.SignIn(context);
            await ChangeAsync(signIn.UserManager, await AccountPages<IdentityUser>.UserAsync(context));
        });
        var browser = new AccountBrowser(site);
        var old = await browser.RegisterAsync();
        site.Clock.Pass(StoreOutages.DueAge);
        var pages = 0;
        _database.Faults.BeforeSave = async () =>
        {
            // Between the job's read of the user and its write.
            if (Interlocked.Increment(ref pages) == 1)
            {
                await browser.Browser.GetAsync("/own");
            }
        };

        var token = await site.JobTokenAsync();

        Assert.NotEqual(old, token);
        Assert.True(pages > 2);
        Assert.Equal("changed", (await site.UserAsync()).PhoneNumber);
        Assert.Contains(token!, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Empty(site.Warnings());
    }

    // The change is between the page's read of the user and the write of the tokens.
    [Theory(Timeout = 60_000)]
    [InlineData("/ExternalLogin/Callback")]
    [InlineData("/ExternalLogins/LinkCallback")]
    public async Task Sign_in_stores_its_tokens_while_the_user_is_changed_concurrently(string path)
    {
        await using var site = await _database.StartAsync();
        await site.CreateUserAsync();
        var (browser, isLink) = (new AccountBrowser(site), path == "/ExternalLogins/LinkCallback");
        await browser.PasswordAsync();
        if (!isLink)
        {
            await browser.LinkAsync();
        }

        var token = await browser.ArriveAsync(isLink ? "/link" : "/login");
        var saves = 0;
        _database.Faults.BeforeSave = async () =>
        {
            // The first save of a link stores the login.
            if (Interlocked.Increment(ref saves) == (isLink ? 2 : 1))
            {
                await site.ChangeAsync((users, user) => users.SetPhoneNumberAsync(user, "changed"));
            }
        };

        await browser.Browser.GetAsync(path);

        _database.Faults.Recover();
        Assert.True(saves > 2);
        Assert.Equal(token, await browser.TokenAsync());
        Assert.Single(await site.SignInsAsync(), row => row.Contains(token, StringComparison.Ordinal));
        Assert.Equal("changed", (await site.UserAsync()).PhoneNumber);
        Assert.Empty(site.Warnings());
    }

    private Task<TestSite> StartAsync(RequestDelegate page) => _database.StartAsync(setup => setup.Site = site => site.Pages["/own"] = page);

    private static async Task ChangeAsync(UserManager<IdentityUser> users, IdentityUser user)
    {
        user.PhoneNumber = "changed";
        Assert.True((await users.UpdateAsync(user)).Succeeded);
    }
}
