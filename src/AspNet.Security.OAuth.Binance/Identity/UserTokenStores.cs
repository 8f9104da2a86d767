using System.Data.Common;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// Opens a user's tokens in a new scope: entities that a page or a circuit has loaded may be stale, and a DbContext does not allow concurrent calls.
/// </summary>
internal sealed class UserTokenStores<TUser>(IServiceScopeFactory scopes)
    where TUser : class
{
    // Of concurrent writers, one succeeds in each round.
    private const int MostConflicts = 20;

    // Two concurrent inserts of one value: databases report that with different exceptions, as they do other failures.
    private const int MostFailures = 2;

    private static readonly TimeSpan _longestPause = TimeSpan.FromMilliseconds(20);

    public async Task<string> IdOfAsync(TUser user)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<UserManager<TUser>>().GetUserIdAsync(user);
    }

    /// <summary>Runs a step with the current tokens of a user, and repeats it if the user is changed concurrently.</summary>
    /// <returns>The result of the step, or the default if there is no such user.</returns>
    /// <exception cref="UserTokensException">Identity refuses to store them.</exception>
    public Task<T?> RunAsync<T>(string userId, string scheme, Func<UserTokenStore<TUser>, Task<T>> step)
        => RunAsync(users => users.FindByIdAsync(userId), scheme, step);

    /// <summary>Runs a step with the tokens of a user, who is loaded for each attempt.</summary>
    /// <returns>The result of the step, or the default if there is no such user.</returns>
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
