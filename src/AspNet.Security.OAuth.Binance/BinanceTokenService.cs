using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Tokens;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Refreshes and revokes tokens, and gets users, with the options of a scheme: for background jobs, and for applications that keep
/// the tokens in a store of their own, such as ASP.NET Core Identity's. <c>AddBinance</c> registers a singleton. The methods are
/// virtual, so that an application can replace the service in its unit tests.
/// </summary>
public class BinanceTokenService
{
    private readonly BinanceSchemes? _schemes;
    private readonly TokenRefresher? _refresher;
    private readonly TokenRevoker? _revoker;

    /// <summary>
    /// Initializes a service that overrides every method that is called, for unit tests.
    /// </summary>
    protected BinanceTokenService()
    {
    }

    internal BinanceTokenService(BinanceSchemes schemes, TokenRefresher refresher, TokenRevoker revoker)
        => (_schemes, _refresher, _revoker) = (schemes, refresher, revoker);

    /// <summary>
    /// Gets new tokens for a refresh token (RFC 6749 section 6). Callers with the same refresh token, during the call or within ten
    /// minutes after it, share one call and its outcome; so do the processes of a web farm that has a distributed lock and a
    /// distributed cache. While these are unavailable, each process makes its own call: this service does not know when an access token
    /// expires. A failure that says nothing about the token is kept for 30 seconds.
    /// </summary>
    /// <param name="refreshToken">The refresh token.</param>
    /// <param name="scheme">The scheme whose options are used. The default is <see cref="BinanceAuthenticationDefaults.AuthenticationScheme"/>.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller. The call continues, because it cannot be repeated.</param>
    /// <returns>The new tokens. Store them before you use them: the old ones may be spent.</returns>
    /// <exception cref="ArgumentException"><paramref name="refreshToken"/> or <paramref name="scheme"/> is null or empty.</exception>
    /// <exception cref="InvalidOperationException">There is no Binance scheme of that name.</exception>
    /// <exception cref="BinanceAuthenticationException">
    /// The refresh failed. With <see cref="BinanceFailure.InvalidGrant"/> the user has to sign in again; after <see cref="BinanceFailure.Timeout"/> the refresh
    /// continues, and the next call with the same refresh token gets its outcome; after any other failure the old tokens remain those to keep.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual Task<BinanceTokens> RefreshTokensAsync(
        string refreshToken,
        string scheme = BinanceAuthenticationDefaults.AuthenticationScheme,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(refreshToken);
        var options = OptionsOf(scheme);
        return _refresher!.Refresh(scheme, refreshToken).WaitAsync(options.BackchannelTimeout, cancellationToken);
    }

    /// <summary>
    /// Revokes an access token, within <see cref="BinanceAuthenticationOptions.RevocationTimeout"/>.
    /// </summary>
    /// <param name="accessToken">The access token.</param>
    /// <param name="scheme">The scheme whose options are used. The default is <see cref="BinanceAuthenticationDefaults.AuthenticationScheme"/>.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>A task that completes when Binance has confirmed that the token is revoked.</returns>
    /// <exception cref="ArgumentException"><paramref name="accessToken"/> or <paramref name="scheme"/> is null or empty.</exception>
    /// <exception cref="InvalidOperationException">There is no Binance scheme of that name.</exception>
    /// <exception cref="BinanceAuthenticationException">The revocation failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual Task RevokeTokenAsync(
        string accessToken,
        string scheme = BinanceAuthenticationDefaults.AuthenticationScheme,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(accessToken);
        return _revoker!.RevokeAsync(scheme, OptionsOf(scheme), accessToken, cancellationToken);
    }

    /// <summary>
    /// Gets the user whose access token this is.
    /// </summary>
    /// <param name="accessToken">The access token.</param>
    /// <param name="scheme">The scheme whose options are used. The default is <see cref="BinanceAuthenticationDefaults.AuthenticationScheme"/>.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The user.</returns>
    /// <exception cref="ArgumentException"><paramref name="accessToken"/> or <paramref name="scheme"/> is null or empty.</exception>
    /// <exception cref="InvalidOperationException">There is no Binance scheme of that name.</exception>
    /// <exception cref="BinanceAuthenticationException">Binance refused, failed, or did not name a user.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual Task<BinanceUser> GetUserAsync(
        string accessToken,
        string scheme = BinanceAuthenticationDefaults.AuthenticationScheme,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(accessToken);
        return OptionsOf(scheme).GetClient().GetUserAsync(accessToken, cancellationToken);
    }

    private BinanceAuthenticationOptions OptionsOf(string scheme)
        => (_schemes ?? throw new NotSupportedException("This method is not overridden, and the service was made without AddBinance. Override it, or use the service of the container.")).Get(scheme);
}
