using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// The tokens of one user in Identity's user token store: a value for each sign-in, and one that lists their ids, because the store cannot enumerate.
/// </summary>
/// <param name="users">Identity's users.</param>
/// <param name="user">The user.</param>
/// <param name="scheme">The Binance scheme, which is the name of the login provider.</param>
internal sealed class UserTokenStore<TUser>(UserManager<TUser> users, TUser user, string scheme)
    where TUser : class
{
    private const string List = "sessions";

    // The tokens of a browser that is never signed out of stay in the store.
    private const int Most = 50;

    /// <summary>Returns the ids of the user's sign-ins, the newest last.</summary>
    public async Task<IReadOnlyList<string>> ListAsync()
        => (await users.GetAuthenticationTokenAsync(user, scheme, List))?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Finds the tokens of a sign-in.</summary>
    public async Task<KeptTokens?> FindAsync(string id)
        => await users.GetAuthenticationTokenAsync(user, scheme, NameOf(id)) is { } value ? KeptTokens.Parse(value) : null;

    /// <summary>Writes the tokens of a sign-in that is listed.</summary>
    /// <exception cref="UserTokensException">Identity refuses it.</exception>
    public async Task WriteAsync(string id, KeptTokens tokens)
        => Check(await users.SetAuthenticationTokenAsync(user, scheme, NameOf(id), tokens.ToString()));

    /// <summary>Adds a sign-in unless it exists, so that a repeated request does not overwrite newer tokens.</summary>
    /// <returns>The ids of the oldest sign-ins beyond the limit, which are to be removed.</returns>
    /// <exception cref="UserTokensException">Identity refuses it.</exception>
    public async Task<IReadOnlyList<string>> AddAsync(string id, KeptTokens tokens)
    {
        var listed = await ListAsync();
        if (!listed.Contains(id))
        {
            // The list first, so that no tokens are stored without being listed.
            Check(await users.SetAuthenticationTokenAsync(user, scheme, List, string.Join(',', listed.Append(id))));
        }

        if (await FindAsync(id) is null)
        {
            await WriteAsync(id, tokens);
        }

        return [.. listed.SkipLast(Most - 1)];
    }

    /// <summary>Removes sign-ins.</summary>
    /// <exception cref="UserTokensException">Identity refuses it.</exception>
    public async Task RemoveAsync(IReadOnlyCollection<string> ids)
    {
        foreach (var id in ids)
        {
            if (await users.GetAuthenticationTokenAsync(user, scheme, NameOf(id)) is not null)
            {
                Check(await users.RemoveAuthenticationTokenAsync(user, scheme, NameOf(id)));
            }
        }

        var listed = await ListAsync();
        var left = listed.Except(ids).ToArray();
        if (left.Length < listed.Count)
        {
            Check(left.Length > 0
                ? await users.SetAuthenticationTokenAsync(user, scheme, List, string.Join(',', left))
                : await users.RemoveAuthenticationTokenAsync(user, scheme, List));
        }
    }

    private static string NameOf(string id) => "session." + id;

    private static void Check(IdentityResult result)
    {
        if (!result.Succeeded)
        {
            throw new UserTokensException(result.Errors.Select(static error => error.Code));
        }
    }
}

/// <summary>Identity refuses to store a user's tokens.</summary>
internal sealed class UserTokensException(IEnumerable<string> codes)
    : InvalidOperationException($"Identity refuses to store the tokens of a user: {string.Join(", ", codes)}.")
{
    /// <summary>Gets a value indicating whether the user was changed concurrently.</summary>
    public bool IsConflict => Codes.Contains(nameof(IdentityErrorDescriber.ConcurrencyFailure), StringComparer.Ordinal);

    private IReadOnlyList<string> Codes { get; } = [.. codes];

    /// <summary>Returns the reason of a store's failure, without secrets.</summary>
    public static string ReasonOf(Exception exception)
        => exception is UserTokensException refused ? string.Join(", ", refused.Codes) : exception.GetType().Name;
}
