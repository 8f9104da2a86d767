using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// A sign-out of the application's cookie revokes the tokens of this browser's sign-ins once, and no others.
/// </summary>
public sealed class UserTokensSignOutTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_revokes_the_token_and_removes_it_from_the_store()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();

        await browser.SignOutAsync();

        Assert.Equal([token], site.Revoked());
        await site.AssertNothingStoredAsync();
        Assert.Null(await site.JobTokenAsync());
        Assert.Empty(site.Warnings());
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_revokes_the_newest_token_without_a_refresh()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        var first = await browser.RegisterAsync();
        site.Clock.Pass(StoreOutages.DueAge);
        var newest = await browser.TokenAsync();
        Assert.NotEqual(first, newest);

        await browser.SignOutAsync();

        Assert.Equal([newest!], site.Revoked());
        Assert.Equal(1, site.RefreshCalls);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_revokes_the_token_that_a_job_has_refreshed()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        site.Clock.Pass(StoreOutages.DueAge);
        var newest = await site.JobTokenAsync();

        await browser.SignOutAsync();

        Assert.Equal([newest!], site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_keeps_the_tokens_of_another_device()
    {
        await using var site = await _database.StartAsync();
        var (one, other) = (new AccountBrowser(site), new AccountBrowser(site));
        var (first, second) = (await one.RegisterAsync(), await other.SignInAsync());

        await one.SignOutAsync();

        Assert.Equal([first], site.Revoked());
        Assert.Equal((second, second), (await other.TokenAsync(), await site.JobTokenAsync()));
        Assert.Single(await site.SignInsAsync());

        await other.SignOutAsync();
        Assert.Equal([first, second], site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_revokes_the_tokens_of_two_logins_in_one_browser()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        string[] tokens = [await browser.RegisterAsync(), await browser.SignInAsync()];
        Assert.Equal(tokens[1], await browser.TokenAsync());

        await browser.SignOutAsync();

        Assert.Equal(tokens.Order(), site.Revoked().Order());
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        await site.AssertNothingStoredAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_keeps_the_tokens_for_jobs_without_RevokeOnSignOut()
    {
        await using var site = await _database.StartAsync(setup => setup.Binance = options => options.RevokeOnSignOut = false);
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();

        await browser.SignOutAsync();

        Assert.Empty(site.Revocations);
        Assert.Equal(token, await site.JobTokenAsync());
        site.Clock.Pass(TestSite.TokenLifetime);
        Assert.True(site.Emulator.Tokens.IsLive((await site.JobTokenAsync())!));
    }

    [Fact(Timeout = 60_000)]
    public async Task Changed_security_stamp_ends_the_session_and_revokes()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();
        await site.ChangeAsync((users, user) => users.UpdateSecurityStampAsync(user));
        site.Clock.Pass(TimeSpan.FromMinutes(31));

        Assert.False((await browser.SessionAsync()).SignedIn);

        Assert.False(browser.IsSignedIn);
        Assert.Equal([token], site.Revoked());
        await site.AssertNothingStoredAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("the stamp is validated")]
    [InlineData("RefreshSignInAsync")]
    [InlineData("a password")]
    [InlineData("the cookie slides")]
    public async Task Rewritten_session_keeps_its_sign_in(string way)
    {
        await using var site = await _database.StartAsync();
        await site.CreateUserAsync();
        var browser = new AccountBrowser(site);
        await browser.PasswordAsync();
        await browser.LinkAsync();
        var before = browser.Browser.Cookie(AccountBrowser.CookieName);
        switch (way)
        {
            case "RefreshSignInAsync":
                await browser.Browser.PostAsync("/RefreshSignIn");
                break;

            case "a password":
                await browser.PasswordAsync();
                break;

            default:
                site.Clock.Pass(way == "the cookie slides" ? TimeSpan.FromDays(8) : TimeSpan.FromMinutes(31));
                await browser.SessionAsync();
                break;
        }

        Assert.NotEqual(before, browser.Browser.Cookie(AccountBrowser.CookieName));
        await site.AssertSignOutRevokesOwnTokenAsync(browser);
    }

    [Fact(Timeout = 60_000)]
    public async Task User_who_signs_in_over_another_session_does_not_get_its_tokens()
    {
        await using var site = await _database.StartAsync();
        await site.CreateUserAsync(AccountUsers.OtherName);
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();

        await browser.PasswordAsync(AccountUsers.OtherName);

        Assert.Null(await browser.TokenAsync());
        Assert.Empty(await site.RowsAsync(AccountUsers.OtherName));
        await browser.SignOutAsync();
        Assert.Empty(await site.RowsAsync(AccountUsers.OtherName));
    }

    [Fact(Timeout = 60_000)]
    public async Task Copied_cookie_gets_no_token_after_the_sign_out()
    {
        await using var site = await _database.StartAsync();

        await site.AssertCopyGetsNoTokenAsync();

        Assert.Equal(0, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_keeps_a_token_that_the_application_has_stored()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        await site.ChangeAsync((users, user) => users.SetAuthenticationTokenAsync(user, "Binance", "note", "the application's"));

        await browser.SignOutAsync();

        Assert.Equal("the application's", (await site.RowsAsync())["note"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_of_the_application_s_cookie_only_revokes()
    {
        await using var site = await _database.StartAsync(setup => setup.Site
            = site => site.Pages["/end"] = context => context.SignOutAsync(IdentityConstants.ApplicationScheme));
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();

        await browser.Browser.GetAsync("/end");

        Assert.False(browser.IsSignedIn);
        Assert.Equal([token], site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_is_refreshed_after_the_sign_out_when_the_revocation_keeps_the_refresh_token()
    {
        await using var site = await _database.StartAsync();
        site.Emulator.Options.RevocationBehavior = RevocationBehavior.RevokeAccessToken;
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();
        var copy = browser.Copy();
        await browser.SignOutAsync();
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.Null(await copy.TokenAsync());
        Assert.Null(await site.JobTokenAsync());
        Assert.Equal([token], site.Revoked());
        Assert.Equal(0, site.RefreshCalls);
    }
}
