using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Identity.Support;

/// <summary>
/// Sessions with Identity, and what a sign-out does to their tokens.
/// </summary>
internal static class AccountSessions
{
    /// <summary>A browser whose user has signed in with a password, a minute ago.</summary>
    public static async Task<(AccountBrowser Browser, SiteSession Session)> SignedInWithPasswordAsync(this TestSite site, bool remembers)
    {
        await site.CreateUserAsync();
        var browser = new AccountBrowser(site);
        await browser.PasswordAsync(remembers: remembers);
        var session = await browser.SessionAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(1));
        return (browser, session);
    }

    /// <summary>Asserts that a sign-out revokes the tokens of this browser, and not those of another one.</summary>
    public static async Task AssertSignOutRevokesOwnTokenAsync(this TestSite site, AccountBrowser browser)
    {
        await new AccountBrowser(site).SignInAsync();
        var others = site.NewestToken();
        var token = await browser.TokenAsync();
        Assert.NotEqual(others, token);

        await browser.SignOutAsync();

        Assert.Equal([token!], site.Revoked());
        Assert.True(site.Emulator.Tokens.IsLive(others));
    }

    /// <summary>Asserts that a copy of a session's cookie gets no token after the sign-out, and that signing out of the copy revokes nothing more.</summary>
    public static async Task AssertCopyGetsNoTokenAsync(this TestSite site)
    {
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();
        var copy = browser.Copy();
        await browser.SignOutAsync();

        Assert.Null(await copy.TokenAsync());
        await copy.SignOutAsync();

        Assert.Equal([token], site.Revoked());
    }
}
