using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// A background job uses a user's tokens while the user is away.
/// </summary>
public sealed class UserTokensJobTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task Tokens_are_refreshed_by_a_job_without_the_user()
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
    public async Task A_job_uses_the_newest_sign_in_that_works()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        var (second, third) = (await new AccountBrowser(site).SignInAsync(), await new AccountBrowser(site).SignInAsync());
        Assert.Equal(third, await site.JobTokenAsync());
        site.Emulator.Tokens.Revoke(third);
        site.Emulator.Tokens.Revoke(second);
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        var token = await site.JobTokenAsync();

        Assert.True(site.Emulator.Tokens.IsLive(token!));
        Assert.Contains(token!, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);
        Assert.Equal(3, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task In_an_outage_a_session_whose_token_has_expired_uses_a_good_one_of_another_device()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime / 2);
        var others = await new AccountBrowser(site).SignInAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime / 2);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        Assert.Equal(others, await browser.TokenAsync());

        Assert.Equal(2, (await site.SignInsAsync()).Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_user_without_a_sign_in_has_no_token()
    {
        await using var site = await _database.StartAsync();
        await site.CreateUserAsync();

        Assert.Null(await site.JobTokenAsync());
        Assert.Null(await site.TokenOfAsync(new IdentityUser("nobody")));
        await site.RevokeAllAsync("nobody");
        Assert.Empty(site.Emulator.Requests);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_scheme_that_there_is_not_is_an_error()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        var user = await site.UserAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => site.TokenOfAsync(user, "binance"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => site.RevokeAllAsync(scheme: "Cookies"));

        Assert.Single(await site.SignInsAsync());
        Assert.Empty(site.Revocations);
    }

    // A row that somebody else has written, or an older version of the site.
    [Theory(Timeout = 60_000)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1,2]")]
    [InlineData("not json")]
    [InlineData("""{"access_token":1}""")]
    public async Task A_row_that_cannot_be_read_counts_as_none(string value)
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
