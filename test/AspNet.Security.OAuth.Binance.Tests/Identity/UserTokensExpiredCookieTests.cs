using AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// Cookies that the browser still has when what they hold has expired.
/// </summary>
public sealed class UserTokensExpiredCookieTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(6)]
    public async Task The_external_cookie_of_a_registration_does_not_revoke_what_is_kept(int minutes)
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
    public async Task The_expired_external_cookie_of_a_sign_in_that_nobody_finished_is_revoked_and_becomes_nobody_s()
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
    public async Task Signing_out_of_a_session_that_has_expired_revokes_its_tokens()
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
