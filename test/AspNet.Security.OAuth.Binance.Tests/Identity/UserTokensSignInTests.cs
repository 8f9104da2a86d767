using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// Each kind of sign-in with Binance stores the tokens in Identity's store, for the session that it starts.
/// </summary>
public sealed class UserTokensSignInTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task Registration_stores_the_tokens()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);

        var token = await browser.RegisterAsync();

        await AssertKeptAsync(site, browser, token);
    }

    [Fact(Timeout = 60_000)]
    public async Task Known_login_stores_the_tokens()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        var first = await browser.RegisterAsync();
        await browser.SignOutAsync();

        var token = await browser.SignInAsync();

        Assert.NotEqual(first, token);
        Assert.False(browser.HasExternalCookie);
        await AssertKeptAsync(site, browser, token, revoked: [first]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Each_sign_in_has_a_row_and_an_id_in_the_list()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        await new AccountBrowser(site).SignInAsync();

        var rows = await site.RowsAsync();

        var ids = rows.Keys.Where(name => name.StartsWith("session.", StringComparison.Ordinal)).Select(name => name["session.".Length..]).ToArray();
        Assert.Equal(2, ids.Length);
        Assert.Equal(["sessions"], rows.Keys.Where(name => !name.StartsWith("session.", StringComparison.Ordinal)));
        Assert.All(ids, id => Assert.Contains(id, rows["sessions"], StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Newest_sign_in_is_the_last_of_the_list()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        var token = await new AccountBrowser(site).SignInAsync();

        var rows = await site.RowsAsync();

        var newest = Assert.Single(rows, row => row.Value.Contains(token, StringComparison.Ordinal)).Key["session.".Length..];
        var oldest = Assert.Single(rows.Keys, name => name.StartsWith("session.", StringComparison.Ordinal) && !name.EndsWith(newest, StringComparison.Ordinal));
        Assert.True(rows["sessions"].IndexOf(newest, StringComparison.Ordinal) > rows["sessions"].IndexOf(oldest["session.".Length..], StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Second_factor_stores_the_tokens()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        var code = await site.RequireSecondFactorAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();
        Assert.Equal(AccountPages<IdentityUser>.SecondFactor, (await browser.Browser.GetAsync("/ExternalLogin/Callback?twoFactor")).Body);
        Assert.DoesNotContain(await site.SignInsAsync(), row => row.Contains(token, StringComparison.Ordinal));

        Assert.Equal(AccountPages<IdentityUser>.SignedIn, (await browser.Browser.PostAsync("/LoginWithRecoveryCode?code=" + code)).Body);

        await AssertKeptAsync(site, browser, token);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Link_stores_the_tokens_and_keeps_the_session_s_times(bool remembers)
    {
        await using var site = await _database.StartAsync();
        var (browser, before) = await site.SignedInWithPasswordAsync(remembers);

        var token = await browser.LinkAsync();

        var after = await browser.SessionAsync();
        Assert.Equal((before.Issued, before.Expires), (after.Issued, after.Expires));
        Assert.Equal(before.Items.ContainsKey(".persistent"), after.Items.ContainsKey(".persistent"));
        Assert.Equal(before.Claims, after.Claims);
        await AssertKeptAsync(site, browser, token);
    }

    // An application's own page may sign out of the external cookie before or after the sign-in.
    [Theory(Timeout = 60_000)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Page_that_signs_out_of_the_external_cookie_itself_stores_the_tokens(bool before, bool namesMethod)
    {
        await using var site = await _database.StartAsync(setup => setup.Site = site => site.Pages["/arrived"] = context => ArriveAsync(context, before, namesMethod));
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();

        await browser.Browser.GetAsync("/arrived");

        Assert.False(browser.HasExternalCookie);
        await AssertKeptAsync(site, browser, token);
    }

    [Fact(Timeout = 60_000)]
    public async Task Callback_page_that_is_opened_twice_stores_the_same_tokens()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();
        var again = browser.Copy();

        Assert.Equal(AccountPages<IdentityUser>.SignedIn, (await browser.Browser.GetAsync("/ExternalLogin/Callback")).Body);
        Assert.Equal(AccountPages<IdentityUser>.SignedIn, (await again.Browser.GetAsync("/ExternalLogin/Callback")).Body);

        Assert.Equal(2, (await site.SignInsAsync()).Count);
        Assert.Equal((token, token), (await browser.TokenAsync(), await again.TokenAsync()));
        Assert.Empty(site.Revocations);
    }

    // The registration page does not delete the external cookie.
    [Fact(Timeout = 60_000)]
    public async Task Callback_page_that_is_opened_after_the_registration_stores_the_tokens_once()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();

        Assert.Equal(AccountPages<IdentityUser>.SignedIn, (await browser.Browser.GetAsync("/ExternalLogin/Callback")).Body);

        await AssertKeptAsync(site, browser, token);
        await browser.SignOutAsync();
        Assert.Equal([token], site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task Login_page_that_is_opened_after_the_registration_revokes_nothing()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();

        await browser.Browser.GetAsync("/Login");

        Assert.False(browser.HasExternalCookie);
        await AssertKeptAsync(site, browser, token);
    }

    [Fact(Timeout = 60_000)]
    public async Task Fifty_first_sign_in_revokes_the_oldest()
    {
        await using var site = await _database.StartAsync();
        var first = await new AccountBrowser(site).RegisterAsync();
        for (var i = 1; i < 50; i++)
        {
            await new AccountBrowser(site).SignInAsync();
        }

        Assert.Empty(site.Revocations);
        var newest = await new AccountBrowser(site).SignInAsync();

        await site.UntilRevokedAsync(first);
        Assert.Equal([first], site.Revoked());
        Assert.Equal(50, (await site.SignInsAsync()).Count);
        Assert.Equal(newest, await site.JobTokenAsync());
    }

    private static async Task ArriveAsync(HttpContext context, bool before, bool namesMethod)
    {
        var signIn = AccountPages<IdentityUser>.SignIn(context);
        var info = (await signIn.GetExternalLoginInfoAsync())!;
        var user = new IdentityUser(AccountUsers.Name);
        Assert.True((await signIn.UserManager.CreateAsync(user)).Succeeded);
        Assert.True((await signIn.UserManager.AddLoginAsync(user, info)).Succeeded);
        if (before)
        {
            await context.SignOutAsync(IdentityConstants.ExternalScheme);
        }

        await signIn.SignInAsync(user, isPersistent: false, namesMethod ? info.LoginProvider : null);
        if (!before)
        {
            await context.SignOutAsync(IdentityConstants.ExternalScheme);
        }
    }

    // The session has the token, the store has it once, and the cookie does not have it.
    private static async Task AssertKeptAsync(TestSite site, AccountBrowser browser, string token, string[]? revoked = null)
    {
        Assert.True(browser.IsSignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(token));
        Assert.Single(await site.SignInsAsync(), row => row.Contains(token, StringComparison.Ordinal));
        Assert.Equal((token, token), (await browser.TokenAsync(), await site.JobTokenAsync()));
        Assert.Null((await browser.SessionAsync()).AccessToken);
        Assert.Equal(revoked ?? [], site.Revoked());
        Assert.Equal(0, site.RefreshCalls);
        Assert.Empty(site.Warnings());
    }
}
