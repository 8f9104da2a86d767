using AspNet.Security.OAuth.Binance.Identity;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// The tokens of the users of ASP.NET Core Identity, which <c>AddBinanceTokens</c> keeps in Identity's user token store: for pages, and for background jobs
/// while the user is offline. It is a scoped service, as <see cref="UserManager{TUser}"/> is. The methods are virtual, so that an application can replace it in its unit tests.
/// </summary>
/// <typeparam name="TUser">The type of Identity's users.</typeparam>
public class BinanceUserTokens<TUser>
    where TUser : class
{
    private readonly UserManager<TUser>? _users;
    private readonly CurrentUserTokens<TUser>? _current;
    private readonly UserTokensEnd<TUser>? _end;

    /// <summary>
    /// Initializes an object that overrides every method that is called, for unit tests.
    /// </summary>
    protected BinanceUserTokens()
    {
    }

    internal BinanceUserTokens(UserManager<TUser> users, CurrentUserTokens<TUser> current, UserTokensEnd<TUser> end)
        => (_users, _current, _end) = (users, current, end);

    /// <summary>
    /// Returns an access token of a user that is valid now. One that is about to expire is refreshed first, once for all callers of the
    /// process, and once in a web farm that has a distributed lock and a distributed cache; the new tokens are stored before they are
    /// returned. In a request of that user it is the token of the sign-in that began the request's session, if that has one; otherwise it
    /// is that of the user's newest sign-in, on whichever device.
    /// </summary>
    /// <param name="user">The user, of which only the id is used.</param>
    /// <param name="scheme">The Binance scheme that the user signed in with. The default is <see cref="BinanceAuthenticationDefaults.AuthenticationScheme"/>.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller. A refresh continues, and is stored.</param>
    /// <returns>The access token, or <see langword="null"/> if the user has to sign in with Binance again.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="user"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="scheme"/> is null or empty.</exception>
    /// <exception cref="InvalidOperationException">There is no Binance scheme of that name, or Identity refuses to store the new tokens.</exception>
    /// <exception cref="BinanceAuthenticationException">The token has expired, and the refresh failed. A later attempt may succeed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual Task<string?> GetAccessTokenAsync(
        TUser user, string scheme = BinanceAuthenticationDefaults.AuthenticationScheme, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        return Overridden(_current).FindAsync(user, scheme, cancellationToken);
    }

    /// <summary>
    /// Revokes the tokens of all sign-ins of a user, on all devices, and removes them from the store, within
    /// <see cref="BinanceAuthenticationOptions.RevocationTimeout"/>; what takes longer continues in the background. A revocation that fails is a warning in the log.
    /// Call it before a login is removed, and before a user is deleted: Identity has no event for either. The user stays signed in to the application.
    /// </summary>
    /// <param name="user">The user, as the <see cref="UserManager{TUser}"/> of the same scope has loaded it, which can be used for that next.</param>
    /// <param name="scheme">The Binance scheme whose tokens are revoked, or <see langword="null"/>, which is the default, for those of all.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller. The revocation continues.</param>
    /// <returns>A task that completes when nothing is stored any more and the revocations have ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="user"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="scheme"/> is empty.</exception>
    /// <exception cref="InvalidOperationException">There is no Binance scheme of that name, or Identity refuses to remove the tokens.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual Task RevokeAllAsync(TUser user, string? scheme = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(user);
        if (scheme is not null)
        {
            ArgumentException.ThrowIfNullOrEmpty(scheme);
        }

        return Overridden(_end).RevokeAllAsync(_users!, user, scheme, cancellationToken);
    }

    private static T Overridden<T>(T? service)
        where T : class
        => service ?? throw new NotSupportedException("This method is not overridden, and the object was made without AddBinanceTokens. Override it, or use the service of the container.");
}

/// <summary>The registered type: the container needs a public constructor.</summary>
/// <typeparam name="TUser">The type of Identity's users.</typeparam>
internal sealed class RegisteredUserTokens<TUser>(UserManager<TUser> users, CurrentUserTokens<TUser> current, UserTokensEnd<TUser> end)
    : BinanceUserTokens<TUser>(users, current, end)
    where TUser : class;
