using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// Identity's sessions are on the server (<c>AddBinanceServerSessions</c>): the tokens are stored and revoked as with cookie sessions.
/// </summary>
public sealed class ServerSessionUserTokensTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task Registration_stores_the_tokens_and_the_sign_out_revokes_them()
    {
        await using var site = await _database.StartAsync(IdentitySetup.KeepOnServer);
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();
        Assert.Single(site.Store().Tickets());
        Assert.Equal((token, token), (await browser.TokenAsync(), await site.JobTokenAsync()));

        await browser.SignOutAsync();

        Assert.Equal([token], site.Revoked());
        await site.AssertNothingStoredAsync();
        Assert.Empty(site.Warnings());
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_of_one_device_keeps_the_tokens_of_another()
    {
        await using var site = await _database.StartAsync(IdentitySetup.KeepOnServer);
        var (one, other) = (new AccountBrowser(site), new AccountBrowser(site));
        var (first, second) = (await one.RegisterAsync(), await other.SignInAsync());
        Assert.Equal((first, second), (await one.TokenAsync(), await other.TokenAsync()));

        await other.SignOutAsync();

        Assert.Equal([second], site.Revoked());
        Assert.Equal(first, await one.TokenAsync());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Link_stores_the_tokens_and_keeps_the_session_s_times(bool remembers)
    {
        await using var site = await _database.StartAsync(IdentitySetup.KeepOnServer);
        var (browser, before) = await site.SignedInWithPasswordAsync(remembers);

        var token = await browser.LinkAsync();

        var after = await browser.SessionAsync();
        Assert.Equal((before.Issued, before.Expires), (after.Issued, after.Expires));
        Assert.Single(site.Store().Tickets());
        Assert.Equal(token, await browser.TokenAsync());
        await browser.SignOutAsync();
        Assert.Equal([token], site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_revokes_the_tokens_of_two_logins_in_one_browser()
    {
        await using var site = await _database.StartAsync(IdentitySetup.KeepOnServer);
        var browser = new AccountBrowser(site);
        string[] tokens = [await browser.RegisterAsync(), await browser.SignInAsync()];

        await browser.SignOutAsync();

        Assert.Equal(tokens.Order(), site.Revoked().Order());
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        Assert.Empty(site.Store().Tickets());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("the stamp is validated")]
    [InlineData("RefreshSignInAsync")]
    [InlineData("the session slides")]
    public async Task Rewritten_session_keeps_its_sign_in(string way)
    {
        await using var site = await _database.StartAsync(IdentitySetup.KeepOnServer);
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        if (way == "RefreshSignInAsync")
        {
            await browser.Browser.PostAsync("/RefreshSignIn");
        }
        else
        {
            site.Clock.Pass(way == "the session slides" ? TimeSpan.FromDays(8) : TimeSpan.FromMinutes(31));
            await browser.SessionAsync();
        }

        await site.AssertSignOutRevokesOwnTokenAsync(browser);
    }

    [Fact(Timeout = 60_000)]
    public async Task Token_that_a_page_has_refreshed_is_stored_and_revoked_by_the_sign_out()
    {
        await using var site = await _database.StartAsync(IdentitySetup.KeepOnServer);
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        site.Clock.Pass(StoreOutages.DueAge);
        var token = await browser.TokenAsync();
        Assert.Contains(token!, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);

        await browser.SignOutAsync();

        Assert.Equal([token!], site.Revoked());
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Changed_security_stamp_ends_the_session_and_revokes()
    {
        await using var site = await _database.StartAsync(IdentitySetup.KeepOnServer);
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();
        await site.ChangeAsync((users, user) => users.UpdateSecurityStampAsync(user));
        site.Clock.Pass(TimeSpan.FromMinutes(31));

        Assert.False((await browser.SessionAsync()).SignedIn);

        Assert.Equal([token], site.Revoked());
        await site.AssertNothingStoredAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Copied_cookie_gets_no_token_after_the_sign_out()
    {
        await using var site = await _database.StartAsync(IdentitySetup.KeepOnServer);

        await site.AssertCopyGetsNoTokenAsync();
    }
}
