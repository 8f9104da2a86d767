using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// Cookies that the browser still sends after their tickets have expired.
/// </summary>
public sealed class UserTokensExpiredCookieTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(6)]
    public async Task External_cookie_of_a_registration_does_not_revoke_the_stored_tokens(int minutes)
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();
        Assert.True(browser.HasExternalCookie);
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));

        await browser.Browser.GetAsync("/Login");

        Assert.Empty(site.Revoked());
        Assert.Equal(token, await browser.TokenAsync());
        Assert.True(site.Emulator.Tokens.IsLive(token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Expired_external_cookie_of_an_unfinished_sign_in_is_revoked()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        var browser = new AccountBrowser(site);
        await site.CreateUserAsync(AccountUsers.OtherName);
        var token = await browser.ArriveAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(6));

        await browser.PasswordAsync(AccountUsers.OtherName);

        Assert.Equal([token], site.Revoked());
        Assert.Null(await browser.TokenAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task External_cookie_of_an_unfinished_sign_in_is_not_revoked_without_RevokeOnSignOut()
    {
        await using var site = await _database.StartAsync(setup => setup.Binance = options => options.RevokeOnSignOut = false);
        await site.CreateUserAsync(AccountUsers.OtherName);
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();

        await browser.PasswordAsync(AccountUsers.OtherName);

        Assert.False(browser.HasExternalCookie);
        Assert.Empty(site.Revocations);
        Assert.True(site.Emulator.Tokens.IsLive(token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_of_an_expired_session_revokes_its_tokens()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        site.Clock.Pass(TimeSpan.FromDays(15));

        await browser.SignOutAsync();

        await site.AssertNothingStoredAsync();
        Assert.NotEmpty(site.Revoked());
    }
}
