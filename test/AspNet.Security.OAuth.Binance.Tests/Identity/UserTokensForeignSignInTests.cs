using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// The external cookie is there for five minutes, whoever uses the browser: the tokens of a sign-in that somebody has abandoned never become those of
/// the user who signs in next.
/// </summary>
public sealed class UserTokensForeignSignInTests : IAsyncDisposable
{
    private const string OtherName = AccountUsers.OtherName;

    private readonly IdentityDatabase _database = new();

    /// <summary>Whether somebody else has an account on the site.</summary>
    public static TheoryData<bool> Others => [false, true];

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Others))]
    public async Task A_sign_in_by_password_does_not_take_them(bool isRegistered)
    {
        await using var site = await _database.StartAsync();
        var (browser, foreign) = await AbandonAsync(site, isRegistered);

        await browser.PasswordAsync(opensPage: false);

        Assert.True(browser.HasExternalCookie);
        Assert.Null(await browser.TokenAsync());
        Assert.Null(await site.JobTokenAsync());
        Assert.Empty(await site.RowsAsync());

        // Identity's sign-out ends the external cookie as well: nobody has taken what it held.
        await browser.SignOutAsync();
        Assert.Equal([foreign], site.Revoked());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Others))]
    public async Task The_login_page_revokes_them(bool isRegistered)
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
    public async Task A_page_that_signs_another_user_in_and_signs_out_of_the_external_cookie_revokes_them(bool before, string? method)
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
    public async Task A_sign_in_that_names_Binance_for_a_user_without_the_login_does_not_take_them()
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
    public async Task A_link_of_the_user_s_own_login_takes_its_own_tokens_and_revokes_them(bool isRegistered)
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
    public async Task A_link_of_somebody_else_s_login_is_not_added_and_takes_nothing(bool signsOut)
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

    // An attacker who can begin a sign-in in a user's browser, with an account of the attacker's own, cannot have it linked.
    [Fact(Timeout = 60_000)]
    public async Task A_sign_in_that_was_not_begun_as_a_link_is_not_linked()
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
    public async Task A_second_sign_in_over_an_abandoned_one_leaves_the_first_to_nobody()
    {
        await using var site = await _database.StartAsync();
        var (browser, _) = await AbandonAsync(site, isRegistered: false);
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.UserId;

        var own = await browser.RegisterAsync("third@example.com");

        Assert.Equal(own, await browser.TokenAsync());
        Assert.Contains(own, Assert.Single(await site.SignInsAsync("third@example.com")), StringComparison.Ordinal);
        Assert.Empty(await site.RowsAsync());
    }

    // A browser in which somebody else came back from Binance and went away, on a site with a user who has a password.
    private static async Task<(AccountBrowser Browser, string Foreign)> AbandonAsync(LifetimeSite site, bool isRegistered)
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
