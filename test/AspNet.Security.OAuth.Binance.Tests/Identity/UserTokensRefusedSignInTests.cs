using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// Identity's own rules decide whether a user is signed in. Tokens are stored only for a session that has started.
/// </summary>
public sealed class UserTokensRefusedSignInTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task Locked_out_user_is_not_signed_in_and_the_login_page_revokes()
    {
        await using var site = await _database.StartAsync();
        var earlier = await new AccountBrowser(site).RegisterAsync();
        await site.ChangeAsync((users, user) => users.SetLockoutEndDateAsync(user, DateTimeOffset.MaxValue));
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();

        Assert.Equal(AccountPages<IdentityUser>.LockedOut, (await browser.Browser.GetAsync("/ExternalLogin/Callback")).Body);
        await AssertRevokedByLoginPageAsync(site, browser, token);

        // The tokens of the earlier sign-in stay.
        Assert.Contains(earlier, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);
        Assert.True(site.Emulator.Tokens.IsLive(earlier));
    }

    [Fact(Timeout = 60_000)]
    public async Task Unconfirmed_registration_is_not_signed_in_and_the_login_page_revokes()
    {
        await using var site = await _database.StartAsync(setup => setup.Options = RequireConfirmation);
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();
        await browser.Browser.GetAsync("/ExternalLogin/Callback");

        Assert.Equal(AccountPages<IdentityUser>.NotConfirmed, await browser.ConfirmAsync());
        await AssertRevokedByLoginPageAsync(site, browser, token);

        Assert.Empty(await site.RowsAsync());
        Assert.Null(await site.JobTokenAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Known_login_signs_in_after_its_account_is_confirmed()
    {
        await using var site = await _database.StartAsync(setup => setup.Options = RequireConfirmation);
        var browser = new AccountBrowser(site);
        await browser.ArriveAsync();
        await browser.ConfirmAsync();
        await browser.Browser.GetAsync("/Login");
        site.Emulator.Requests.Clear();
        var token = await browser.ArriveAsync();

        Assert.Equal(AccountPages<IdentityUser>.NotConfirmed, (await browser.Browser.GetAsync("/ExternalLogin/Callback")).Body);
        await AssertRevokedByLoginPageAsync(site, browser, token);
        Assert.Empty(await site.RowsAsync());

        await site.ChangeAsync(async (users, user) => await users.ConfirmEmailAsync(user, await users.GenerateEmailConfirmationTokenAsync(user)));
        var confirmed = await browser.SignInAsync();
        Assert.Equal(confirmed, await browser.TokenAsync());
        Assert.Single(await site.SignInsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_in_without_its_second_factor_stores_nothing_and_the_login_page_revokes()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        await site.RequireSecondFactorAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();

        Assert.Equal(AccountPages<IdentityUser>.SecondFactor, (await browser.Browser.GetAsync("/ExternalLogin/Callback?twoFactor")).Body);

        await AssertRevokedByLoginPageAsync(site, browser, token);
        Assert.Single(await site.SignInsAsync());
    }

    // Binance gives no e-mail address without the permission for it, and RequireUniqueEmail makes each update of such a user fail.
    [Fact(Timeout = 60_000)]
    public async Task User_who_fails_Identity_s_validation_is_signed_in_without_tokens()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        await site.ChangeAsync((users, user) => users.SetEmailAsync(user, null));
        site.Services.GetRequiredService<IOptions<IdentityOptions>>().Value.User.RequireUniqueEmail = true;
        var browser = new AccountBrowser(site);

        var token = await browser.SignInAsync();

        await AssertSignedInWithoutAsync(site, browser, token);
    }

    [Fact(Timeout = 60_000)]
    public async Task User_is_signed_in_without_tokens_when_the_database_fails()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        var browser = new AccountBrowser(site);
        _database.Faults.Fail("INSERT INTO " + DatabaseFaults.Tokens);

        var token = await browser.SignInAsync();

        await AssertSignedInWithoutAsync(site, browser, token);
    }

    private static void RequireConfirmation(IdentityOptions options) => options.SignIn.RequireConfirmedAccount = true;

    private static async Task AssertRevokedByLoginPageAsync(TestSite site, AccountBrowser browser, string token)
    {
        Assert.False(browser.IsSignedIn);
        Assert.True(browser.HasExternalCookie);
        Assert.Empty(site.Revocations);

        await browser.Browser.GetAsync("/Login");

        Assert.Equal([token], site.Revoked());
        Assert.False(browser.IsSignedIn);
        Assert.False(browser.HasExternalCookie);
        Assert.Empty(site.Warnings());
    }

    private static async Task AssertSignedInWithoutAsync(TestSite site, AccountBrowser browser, string token)
    {
        await site.UntilRevokedAsync(token);
        Assert.Equal([token], site.Revoked());
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.DoesNotContain(await site.SignInsAsync(), row => row.Contains(token, StringComparison.Ordinal));
        Assert.Single(site.Warnings());
        await browser.SignOutAsync();
        Assert.Equal([token], site.Revoked());
    }
}
