using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// The users of a site, and what Identity's store holds of them.
/// </summary>
internal static class AccountUsers
{
    public const string Name = "ada@example.com";
    public const string OtherName = "grace@example.com";
    public const string Password = "a-Passw0rd";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>What is done in a scope of its own.</summary>
    public static async Task<T> WithUsersAsync<T>(this LifetimeSite site, Func<UserManager<IdentityUser>, Task<T>> work)
    {
        await using var scope = site.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>());
    }

    /// <summary>Changes a user.</summary>
    public static Task ChangeAsync(this LifetimeSite site, Func<UserManager<IdentityUser>, IdentityUser, Task<IdentityResult>> change, string name = Name)
        => site.WithUsersAsync(async users =>
        {
            Assert.True((await change(users, (await users.FindByNameAsync(name))!)).Succeeded);
            return true;
        });

    public static async Task<IdentityUser> UserAsync(this LifetimeSite site, string name = Name)
        => (await site.WithUsersAsync(users => users.FindByNameAsync(name)))!;

    /// <summary>Creates a user with a password.</summary>
    public static Task CreateUserAsync(this LifetimeSite site, string name = Name) => site.WithUsersAsync(async users =>
    {
        Assert.True((await users.CreateAsync(new IdentityUser(name) { Email = name }, Password)).Succeeded);
        return true;
    });

    /// <summary>Has a user need a second factor.</summary>
    /// <returns>A code that serves as one.</returns>
    public static Task<string> RequireSecondFactorAsync(this LifetimeSite site, string name = Name) => site.WithUsersAsync(async users =>
    {
        var user = (await users.FindByNameAsync(name))!;
        Assert.True((await users.ResetAuthenticatorKeyAsync(user)).Succeeded);
        Assert.True((await users.SetTwoFactorEnabledAsync(user, true)).Succeeded);
        return (await users.GenerateNewTwoFactorRecoveryCodesAsync(user, 1))!.Single();
    });

    /// <summary>The token that a job gets, without a request.</summary>
    public static Task<string?> JobTokenAsync(this LifetimeSite site, string name = Name) => site.JobTokenUntilAsync(Stop, name);

    /// <summary>The token that a job gets which may be cancelled.</summary>
    public static async Task<string?> JobTokenUntilAsync(this LifetimeSite site, CancellationToken cancelled, string name = Name)
        => await site.TokenOfAsync(await site.UserAsync(name), cancelled: cancelled);

    /// <summary>The token that a job gets for a user whom another scope has loaded.</summary>
    public static async Task<string?> TokenOfAsync(this LifetimeSite site, IdentityUser user, string scheme = "Binance", CancellationToken? cancelled = null)
    {
        await using var scope = site.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<BinanceUserTokens<IdentityUser>>().GetAccessTokenAsync(user, scheme, cancelled ?? Stop);
    }

    /// <summary>Waits for somebody of whom a test does not say what they get.</summary>
    public static async Task EndAsync(this Task caller) => await caller.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public static async Task RevokeAllAsync(this LifetimeSite site, string name = Name, string? scheme = null)
    {
        await using var scope = site.Services.CreateAsyncScope();
        var user = await scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>().FindByNameAsync(name);
        await scope.ServiceProvider.GetRequiredService<BinanceUserTokens<IdentityUser>>().RevokeAllAsync(user ?? new IdentityUser(name), scheme, Stop);
    }

    /// <summary>The rows of a user's tokens, by their names.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> RowsAsync(this LifetimeSite site, string name = Name, string scheme = "Binance")
    {
        await using var scope = site.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<IdentityDbContext>();
        var user = await context.Users.SingleAsync(user => user.UserName == name, Stop);
        var rows = await context.UserTokens.AsNoTracking().Where(row => row.UserId == user.Id && row.LoginProvider == scheme).ToListAsync(Stop);
        return rows.ToDictionary(row => row.Name, row => row.Value!);
    }

    /// <summary>The rows of a user's sign-ins.</summary>
    public static async Task<IReadOnlyList<string>> SignInsAsync(this LifetimeSite site, string name = Name, string scheme = "Binance")
        => [.. (await site.RowsAsync(name, scheme)).Where(row => row.Key.StartsWith("session.", StringComparison.Ordinal)).Select(row => row.Value)];

    /// <summary>Nobody's sign-ins are stored.</summary>
    public static async Task AssertNothingStoredAsync(this LifetimeSite site)
    {
        await using var scope = site.Services.CreateAsyncScope();
        var rows = await scope.ServiceProvider.GetRequiredService<IdentityDbContext>().UserTokens.AsNoTracking().ToListAsync(Stop);
        Assert.DoesNotContain(rows, row => row.Name.StartsWith("session", StringComparison.Ordinal));
    }

    /// <summary>The access token that was issued last, of those that are live.</summary>
    public static string NewestToken(this LifetimeSite site) => site.Emulator.Tokens.AccessTokens[^1].Value;

    /// <summary>The names of the warnings and errors of the provider.</summary>
    public static IReadOnlyList<string> Warnings(this LifetimeSite site)
        => [.. site.Logged(LogLevel.Warning).Concat(site.Logged(LogLevel.Error)).Select(record => record.Id.Name!)];

    /// <summary>Completes when the store holds a token in one of a user's sign-ins.</summary>
    public static async Task UntilStoredAsync(this LifetimeSite site, string accessToken, string name = Name)
    {
        while (!(await site.SignInsAsync(name)).Any(row => row.Contains(accessToken, StringComparison.Ordinal)))
        {
            TestTimeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
