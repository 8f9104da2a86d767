using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// The external cookie lives for five minutes, and another user can sign in with the same browser in that time: the tokens of an abandoned sign-in
/// are never stored for the user who signs in next.
/// </summary>
public sealed class UserTokensForeignSignInTests : IAsyncDisposable
{
    private const string OtherName = AccountUsers.OtherName;

    private readonly IdentityDatabase _database = new();

    /// <summary>Whether the user of the abandoned sign-in has an account on the site.</summary>
    public static TheoryData<bool> Others => [false, true];

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Others))]
    public async Task Sign_in_by_password_does_not_store_the_abandoned_tokens(bool isRegistered)
    {
        await using var site = await _database.StartAsync();
        var (browser, foreign) = await AbandonAsync(site, isRegistered);

        await browser.PasswordAsync(opensPage: false);

        Assert.True(browser.HasExternalCookie);
        Assert.Null(await browser.TokenAsync());
        Assert.Null(await site.JobTokenAsync());
        Assert.Empty(await site.RowsAsync());

        // Identity's sign-out also deletes the external cookie, whose tokens are not stored.
        await browser.SignOutAsync();
        Assert.Equal([foreign], site.Revoked());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Others))]
    public async Task Login_page_revokes_the_abandoned_tokens(bool isRegistered)
    {
        await using var site = await _database.StartAsync();
        var (browser, foreign) = await AbandonAsync(site, isRegistered);

        await browser.PasswordAsync();

        Assert.Equal([foreign], site.Revoked());
        Assert.Null(await browser.TokenAsync());
        Assert.Empty(await site.RowsAsync());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true, null)]
    [InlineData(true, "Binance")]
    [InlineData(false, null)]
    [InlineData(false, "Binance")]
    public async Task Page_that_signs_in_another_user_revokes_the_abandoned_tokens(bool before, string? method)
    {
        await using var site = await _database.StartAsync(setup => setup.Site = site => site.Pages["/as"] = async context =>
        {
            var signIn = AccountPages<IdentityUser>.SignIn(context);
            if (before)
            {
                await context.SignOutAsync(IdentityConstants.ExternalScheme);
            }

            await signIn.SignInAsync((await signIn.UserManager.FindByNameAsync(AccountUsers.Name))!, isPersistent: false, method);
            if (!before)
            {
                await context.SignOutAsync(IdentityConstants.ExternalScheme);
            }
        });
        var (browser, foreign) = await AbandonAsync(site, isRegistered: true);

        await browser.Browser.GetAsync("/as");

        Assert.True(browser.IsSignedIn);
        Assert.Equal([foreign], site.Revoked());
        Assert.Null(await browser.TokenAsync());
        Assert.Empty(await site.RowsAsync());
        Assert.Empty(await site.RowsAsync(OtherName));
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_in_that_names_Binance_does_not_store_tokens_for_a_user_without_the_login()
    {
        await using var site = await _database.StartAsync(setup => setup.Site = site => site.Pages["/as"] = async context =>
        {
            var signIn = AccountPages<IdentityUser>.SignIn(context);
            await signIn.SignInAsync((await signIn.UserManager.FindByNameAsync(AccountUsers.Name))!, isPersistent: false, "Binance");
        });
        var (browser, _) = await AbandonAsync(site, isRegistered: true);

        await browser.Browser.GetAsync("/as");

        Assert.True(browser.IsSignedIn);
        Assert.Null(await browser.TokenAsync());
        await site.AssertNothingStoredAsync();
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Others))]
    public async Task Link_stores_its_own_tokens_and_revokes_the_abandoned_ones(bool isRegistered)
    {
        await using var site = await _database.StartAsync();
        var (browser, foreign) = await AbandonAsync(site, isRegistered);
        await browser.PasswordAsync(opensPage: false);
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.UserId;

        var own = await browser.LinkAsync();

        Assert.Equal([foreign], site.Revoked());
        Assert.Equal(own, await browser.TokenAsync());
        Assert.Contains(own, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Link_of_another_user_s_login_is_refused_and_stores_nothing(bool signsOut)
    {
        await using var site = await _database.StartAsync(setup => setup.Site = site => site.Pages["/linked"] = async context =>
        {
            var signIn = AccountPages<IdentityUser>.SignIn(context);
            var user = await AccountPages<IdentityUser>.UserAsync(context);
            var info = (await signIn.GetExternalLoginInfoAsync(user.Id))!;
            Assert.False((await signIn.UserManager.AddLoginAsync(user, info)).Succeeded);
            await context.SignOutAsync(IdentityConstants.ExternalScheme);
        });
        var other = new AccountBrowser(site);
        var others = await other.RegisterAsync(OtherName);
        await site.CreateUserAsync();
        var browser = new AccountBrowser(site);
        await browser.PasswordAsync();
        var foreign = await browser.ArriveAsync("/link");

        if (signsOut)
        {
            await browser.Browser.GetAsync("/linked");
        }
        else
        {
            Assert.Equal(AccountPages<IdentityUser>.NotAdded, (await browser.Browser.GetAsync("/ExternalLogins/LinkCallback")).Body);
            Assert.Empty(site.Revocations);
            await browser.Browser.GetAsync("/Login");
        }

        Assert.Equal([foreign], site.Revoked());
        Assert.Null(await browser.TokenAsync());
        Assert.Empty(await site.RowsAsync());
        Assert.Equal(others, await other.TokenAsync());
        Assert.Single(await site.SignInsAsync(OtherName));
    }

    // Login CSRF: an attacker who starts a sign-in with the attacker's account in a user's browser must not get it linked.
    [Fact(Timeout = 60_000)]
    public async Task Sign_in_that_was_not_started_as_a_link_is_not_linked()
    {
        await using var site = await _database.StartAsync();
        var (browser, foreign) = await AbandonAsync(site, isRegistered: false);
        await browser.PasswordAsync(opensPage: false);

        Assert.Equal(AccountPages<IdentityUser>.NotAdded, (await browser.Browser.GetAsync("/ExternalLogins/LinkCallback")).Body);

        Assert.Null(await browser.TokenAsync());
        Assert.Empty(await site.RowsAsync());
        await browser.SignOutAsync();
        Assert.Equal([foreign], site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task Second_sign_in_stores_its_own_tokens_only()
    {
        await using var site = await _database.StartAsync();
        var (browser, _) = await AbandonAsync(site, isRegistered: false);
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.UserId;

        var own = await browser.RegisterAsync("third@example.com");

        Assert.Equal(own, await browser.TokenAsync());
        Assert.Contains(own, Assert.Single(await site.SignInsAsync("third@example.com")), StringComparison.Ordinal);
        Assert.Empty(await site.RowsAsync());
    }

    // A browser in which another user has returned from Binance without finishing the sign-in, on a site with a user who has a password.
    private static async Task<(AccountBrowser Browser, string Foreign)> AbandonAsync(TestSite site, bool isRegistered)
    {
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        await site.CreateUserAsync();
        if (isRegistered)
        {
            var elsewhere = new AccountBrowser(site);
            await elsewhere.RegisterAsync(OtherName);
            await elsewhere.SignOutAsync();
            site.Emulator.Requests.Clear();
        }

        var browser = new AccountBrowser(site);
        return (browser, await browser.ArriveAsync());
    }
}
