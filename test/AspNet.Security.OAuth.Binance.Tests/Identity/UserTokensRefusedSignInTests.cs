using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// Identity's own rules go on to decide who is signed in. Nobody's tokens are stored for a session that did not begin.
/// </summary>
public sealed class UserTokensRefusedSignInTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task A_user_who_is_locked_out_is_not_signed_in_and_the_login_page_revokes()
    {
        await using var site = await _database.StartAsync();
        var earlier = await new AccountBrowser(site).RegisterAsync();
        await site.ChangeAsync((users, user) => users.SetLockoutEndDateAsync(user, DateTimeOffset.MaxValue));
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();

        Assert.Equal(AccountPages<IdentityUser>.LockedOut, (await browser.Browser.GetAsync("/ExternalLogin/Callback")).Body);
        await AssertRevokedByLoginPageAsync(site, browser, token);

        // What the user signed in to before goes on.
        Assert.Contains(earlier, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);
        Assert.True(site.Emulator.Tokens.IsLive(earlier));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_registration_that_has_to_be_confirmed_signs_nobody_in_and_the_login_page_revokes()
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
    public async Task A_known_login_whose_account_is_not_confirmed_signs_nobody_in_until_it_is()
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
    public async Task A_second_factor_that_is_never_given_stores_nothing_and_the_login_page_revokes()
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

    // Binance gives no e-mail address where the permission is missing, and RequireUniqueEmail refuses a user without one in each update.
    [Fact(Timeout = 60_000)]
    public async Task A_user_whom_Identity_s_validation_refuses_is_signed_in_without_tokens()
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
    public async Task A_user_whose_tokens_the_database_does_not_take_is_signed_in_without_them()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        var browser = new AccountBrowser(site);
        _database.Faults.Fail("INSERT INTO " + DatabaseFaults.Tokens);

        var token = await browser.SignInAsync();

        await AssertSignedInWithoutAsync(site, browser, token);
    }

    private static void RequireConfirmation(IdentityOptions options) => options.SignIn.RequireConfirmedAccount = true;

    private static async Task AssertRevokedByLoginPageAsync(LifetimeSite site, AccountBrowser browser, string token)
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

    private static async Task AssertSignedInWithoutAsync(LifetimeSite site, AccountBrowser browser, string token)
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
