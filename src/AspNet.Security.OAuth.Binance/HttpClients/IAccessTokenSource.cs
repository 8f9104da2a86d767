using System.Security.Claims;

namespace AspNet.Security.OAuth.Binance.HttpClients;

/// <summary>
/// A source of users' tokens outside of the request that signed the user in.
/// </summary>
internal interface IAccessTokenSource
{
    /// <summary>
    /// Gets a value indicating whether the tokens are found by the user's id, and not by a claim that an application may copy to another user.
    /// </summary>
    bool IsByUser { get; }

    /// <summary>Finds the current access token of a user, refreshed if it is due.</summary>
    /// <param name="user">The user, as a request authenticated it.</param>
    /// <param name="scheme">The scheme that the user signed in with.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns><see langword="null"/> if the tokens of this user are not kept here.</returns>
    /// <exception cref="InvalidOperationException">The session has no valid token, and none can be obtained.</exception>
    /// <exception cref="BinanceAuthenticationException">The token cannot be read or refreshed.</exception>
    Task<FoundAccessToken?> FindAsync(ClaimsPrincipal user, string scheme, CancellationToken cancellationToken);
}

/// <summary>The access token of a user.</summary>
/// <param name="Value">The token, or <see langword="null"/> if there is no valid one.</param>
/// <param name="Reason">Why there is none, unless the session is over.</param>
internal readonly record struct FoundAccessToken(string? Value, string? Reason = null);
