using System.Data.Common;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// Opens a user's tokens in a scope of its own: what a page or a circuit has loaded may be old, and two calls at once need two connections.
/// </summary>
internal sealed class UserTokenStores<TUser>(IServiceScopeFactory scopes)
    where TUser : class
{
    // Each round of those who write at once has one who succeeds.
    private const int MostConflicts = 20;

    // Two who add the same value at once: a database says that in its own words, as it does anything else.
    private const int MostFailures = 2;

    private static readonly TimeSpan _longestPause = TimeSpan.FromMilliseconds(20);

    public async Task<string> IdOfAsync(TUser user)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<UserManager<TUser>>().GetUserIdAsync(user);
    }

    /// <summary>Runs a step with the tokens of a user as they are now, and again if somebody else changes the user meanwhile.</summary>
    /// <returns>What the step returns, or the default if there is no such user.</returns>
    /// <exception cref="UserTokensException">Identity refuses to store them.</exception>
    public Task<T?> RunAsync<T>(string userId, string scheme, Func<UserTokenStore<TUser>, Task<T>> step)
        => RunAsync(users => users.FindByIdAsync(userId), scheme, step);

    /// <summary>Runs a step with the tokens of a user who is found each time.</summary>
    /// <returns>What the step returns, or the default if there is no such user.</returns>
    /// <exception cref="UserTokensException">Identity refuses to store them.</exception>
    public async Task<T?> RunAsync<T>(Func<UserManager<TUser>, Task<TUser?>> find, string scheme, Func<UserTokenStore<TUser>, Task<T>> step)
    {
        for (var conflicts = 0; ; conflicts++)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var users = scope.ServiceProvider.GetRequiredService<UserManager<TUser>>();
                return await find(users) is { } user ? await step(new(users, user, scheme)) : default;
            }
            catch (Exception exception) when (conflicts < MostRetries(exception))
            {
                await Task.Delay(_longestPause * Random.Shared.NextDouble(), TimeProvider.System);
            }
        }
    }

    /// <summary>Runs a step with the tokens of a user, if there is one.</summary>
    /// <exception cref="UserTokensException">Identity refuses to store them.</exception>
    public Task RunAsync(string userId, string scheme, Func<UserTokenStore<TUser>, Task> step)
        => RunAsync(userId, scheme, async store =>
        {
            await step(store);
            return true;
        });

    private static int MostRetries(Exception exception)
        => exception is UserTokensException { IsConflict: true } ? MostConflicts : exception.InnerException is DbException ? MostFailures : 0;
}
