using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// A background job uses a user's tokens without a request.
/// </summary>
public sealed class UserTokensJobTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task Job_refreshes_tokens_without_the_user()
    {
        await using var site = await _database.StartAsync();
        var token = await new AccountBrowser(site).RegisterAsync();
        Assert.Equal(token, await site.JobTokenAsync());
        Assert.Equal(0, site.RefreshCalls);

        for (var refreshes = 1; refreshes <= 2; refreshes++)
        {
            site.Clock.Pass(TimeSpan.FromHours(9));
            var next = await site.JobTokenAsync();

            Assert.NotEqual(token, next);
            Assert.True(site.Emulator.Tokens.IsLive(next!));
            Assert.Contains(next!, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);
            Assert.Equal(refreshes, site.RefreshCalls);
            token = next;
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Job_uses_the_newest_sign_in_that_works()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        var (second, third) = (await new AccountBrowser(site).SignInAsync(), await new AccountBrowser(site).SignInAsync());
        Assert.Equal(third, await site.JobTokenAsync());
        site.Emulator.Tokens.Revoke(third);
        site.Emulator.Tokens.Revoke(second);
        site.Clock.Pass(TestSite.TokenLifetime);

        var token = await site.JobTokenAsync();

        Assert.True(site.Emulator.Tokens.IsLive(token!));
        Assert.Contains(token!, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);
        Assert.Equal(3, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Session_with_an_expired_token_uses_that_of_another_device_while_Binance_is_unavailable()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        site.Clock.Pass(TestSite.TokenLifetime / 2);
        var others = await new AccountBrowser(site).SignInAsync();
        site.Clock.Pass(TestSite.TokenLifetime / 2);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        Assert.Equal(others, await browser.TokenAsync());

        Assert.Equal(2, (await site.SignInsAsync()).Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task User_without_a_sign_in_has_no_token()
    {
        await using var site = await _database.StartAsync();
        await site.CreateUserAsync();

        Assert.Null(await site.JobTokenAsync());
        Assert.Null(await site.TokenOfAsync(new IdentityUser("nobody")));
        await site.RevokeAllAsync("nobody");
        Assert.Empty(site.Emulator.Requests);
    }

    [Fact(Timeout = 60_000)]
    public async Task Unknown_scheme_is_refused()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        var user = await site.UserAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => site.TokenOfAsync(user, "binance"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => site.RevokeAllAsync(scheme: "Cookies"));

        Assert.Single(await site.SignInsAsync());
        Assert.Empty(site.Revocations);
    }

    // Another program or an older version of the site may have written the row.
    [Theory(Timeout = 60_000)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1,2]")]
    [InlineData("not json")]
    [InlineData("""{"access_token":1}""")]
    public async Task Unreadable_row_is_ignored(string value)
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        var name = (await site.RowsAsync()).Keys.Single(name => name.StartsWith("session.", StringComparison.Ordinal));
        await site.ChangeAsync((users, user) => users.SetAuthenticationTokenAsync(user, "Binance", name, value));

        Assert.Null(await site.JobTokenAsync());
        Assert.Null(await browser.TokenAsync());

        await browser.SignOutAsync();
        Assert.Equal(await browser.SignInAsync(), await site.JobTokenAsync());
    }
}
