
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Identity.Support;

/// <summary>
/// The users of a site, and their data in Identity's store.
/// </summary>
internal static class AccountUsers
{
    public const string Name = "ada@example.com";
    public const string OtherName = "grace@example.com";
    public const string Password = "a-Passw0rd";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Runs work with a user manager in a separate scope.</summary>
    public static async Task<T> WithUsersAsync<T>(this TestSite site, Func<UserManager<IdentityUser>, Task<T>> work)
    {
        await using var scope = site.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>());
    }

    /// <summary>Changes a user.</summary>
    public static Task ChangeAsync(this TestSite site, Func<UserManager<IdentityUser>, IdentityUser, Task<IdentityResult>> change, string name = Name)
        => site.WithUsersAsync(async users =>
        {
            Assert.True((await change(users, (await users.FindByNameAsync(name))!)).Succeeded);
            return true;
        });

    public static async Task<IdentityUser> UserAsync(this TestSite site, string name = Name)
        => (await site.WithUsersAsync(users => users.FindByNameAsync(name)))!;

    /// <summary>Creates a user with a password.</summary>
    public static Task CreateUserAsync(this TestSite site, string name = Name) => site.WithUsersAsync(async users =>
    {
        Assert.True((await users.CreateAsync(new IdentityUser(name) { Email = name }, Password)).Succeeded);
        return true;
    });

    /// <summary>Requires a second factor for a user.</summary>
    /// <returns>A recovery code.</returns>
    public static Task<string> RequireSecondFactorAsync(this TestSite site, string name = Name) => site.WithUsersAsync(async users =>
    {
        var user = (await users.FindByNameAsync(name))!;
        Assert.True((await users.ResetAuthenticatorKeyAsync(user)).Succeeded);
        Assert.True((await users.SetTwoFactorEnabledAsync(user, true)).Succeeded);
        return (await users.GenerateNewTwoFactorRecoveryCodesAsync(user, 1))!.Single();
    });

    /// <summary>The token that a job outside of a request gets.</summary>
    public static Task<string?> JobTokenAsync(this TestSite site, string name = Name) => site.JobTokenUntilAsync(Stop, name);

    /// <summary>The token that a job gets, which can be cancelled.</summary>
    public static async Task<string?> JobTokenUntilAsync(this TestSite site, CancellationToken cancelled, string name = Name)
        => await site.TokenOfAsync(await site.UserAsync(name), cancelled: cancelled);

    /// <summary>The token that a job gets for a user that another scope has loaded.</summary>
    public static async Task<string?> TokenOfAsync(this TestSite site, IdentityUser user, string scheme = "Binance", CancellationToken? cancelled = null)
    {
        await using var scope = site.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<BinanceUserTokens<IdentityUser>>().GetAccessTokenAsync(user, scheme, cancelled ?? Stop);
    }

    /// <summary>Waits for a caller whose result does not matter.</summary>
    public static async Task EndAsync(this Task caller) => await caller.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public static async Task RevokeAllAsync(this TestSite site, string name = Name, string? scheme = null)
    {
        await using var scope = site.Services.CreateAsyncScope();
        var user = await scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>().FindByNameAsync(name);
        await scope.ServiceProvider.GetRequiredService<BinanceUserTokens<IdentityUser>>().RevokeAllAsync(user ?? new IdentityUser(name), scheme, Stop);
    }

    /// <summary>The rows of a user's tokens, by their names.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> RowsAsync(this TestSite site, string name = Name, string scheme = "Binance")
    {
        await using var scope = site.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<IdentityDbContext>();
        var user = await context.Users.SingleAsync(user => user.UserName == name, Stop);
        var rows = await context.UserTokens.AsNoTracking().Where(row => row.UserId == user.Id && row.LoginProvider == scheme).ToListAsync(Stop);
        return rows.ToDictionary(row => row.Name, row => row.Value!);
    }

    /// <summary>The rows of a user's sign-ins.</summary>
    public static async Task<IReadOnlyList<string>> SignInsAsync(this TestSite site, string name = Name, string scheme = "Binance")
        => [.. (await site.RowsAsync(name, scheme)).Where(row => row.Key.StartsWith("session.", StringComparison.Ordinal)).Select(row => row.Value)];

    /// <summary>Asserts that no sign-in of any user is stored.</summary>
    public static async Task AssertNothingStoredAsync(this TestSite site)
    {
        await using var scope = site.Services.CreateAsyncScope();
        var rows = await scope.ServiceProvider.GetRequiredService<IdentityDbContext>().UserTokens.AsNoTracking().ToListAsync(Stop);
        Assert.DoesNotContain(rows, row => row.Name.StartsWith("session", StringComparison.Ordinal));
    }

    /// <summary>The newest live access token.</summary>
    public static string NewestToken(this TestSite site) => site.Emulator.Tokens.AccessTokens[^1].Value;

    /// <summary>The names of the provider's warnings and errors.</summary>
    public static IReadOnlyList<string> Warnings(this TestSite site)
        => [.. site.Logged(LogLevel.Warning).Concat(site.Logged(LogLevel.Error)).Select(record => record.Id.Name!)];

    /// <summary>Completes when one of a user's stored sign-ins has a token.</summary>
    public static async Task UntilStoredAsync(this TestSite site, string accessToken, string name = Name)
    {
        while (!(await site.SignInsAsync(name)).Any(row => row.Contains(accessToken, StringComparison.Ordinal)))
        {
            TestTimeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
