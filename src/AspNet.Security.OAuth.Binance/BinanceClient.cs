using AspNet.Security.OAuth.Binance.Tokens;
using AspNet.Security.OAuth.Binance.Wire;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Calls Binance with a scheme's options, for what happens outside of a sign-in: background jobs, and applications that keep
/// the tokens in a store of their own, such as ASP.NET Core Identity's. A singleton that <c>AddBinance</c> registers.
/// </summary>
public sealed class BinanceClient
{
    private readonly IOptionsMonitor<BinanceAuthenticationOptions> _options;
    private readonly TokenRefresher _refresher;
    private readonly TokenRevoker _revoker;

    internal BinanceClient(IOptionsMonitor<BinanceAuthenticationOptions> options, TokenRefresher refresher, TokenRevoker revoker)
        => (_options, _refresher, _revoker) = (options, refresher, revoker);

    /// <summary>
    /// Gets new tokens for a refresh token (RFC 6749 section 6). Callers that come with the same refresh token, while the call
    /// runs or within the minute after it, share one call and its outcome; so do the processes of a farm that have a distributed lock
    /// and a distributed cache registered. A failure that says nothing about the token is kept for half a minute.
    /// </summary>
    /// <param name="refreshToken">The refresh token.</param>
    /// <param name="scheme">The scheme whose options are used. The default is <see cref="BinanceAuthenticationDefaults.AuthenticationScheme"/>.</param>
    /// <param name="cancellationToken">Ends this caller's waiting. The call itself goes on: its answer may be the only one that there is.</param>
    /// <returns>The new tokens. Keep them before anything else: the old ones may be spent.</returns>
    /// <exception cref="ArgumentException"><paramref name="refreshToken"/> or <paramref name="scheme"/> is null or empty.</exception>
    /// <exception cref="InvalidOperationException">There is no Binance scheme of that name.</exception>
    /// <exception cref="BinanceAuthenticationException">
    /// The refresh failed. With <see cref="BinanceFailure.InvalidGrant"/> the user has to sign in again; after anything else the
    /// old tokens are still the ones to keep.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<BinanceTokens> RefreshTokensAsync(
        string refreshToken,
        string scheme = BinanceAuthenticationDefaults.AuthenticationScheme,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(refreshToken);
        _ = OptionsOf(scheme);
        var result = await _refresher.RefreshAsync(scheme, refreshToken, cancellationToken);
        return result.Succeeded(out var tokens, out var failure) ? tokens : throw failure.ToException();
    }

    /// <summary>
    /// Revokes an access token, within <see cref="BinanceAuthenticationOptions.RevocationTimeout"/>.
    /// </summary>
    /// <param name="accessToken">The access token.</param>
    /// <param name="scheme">The scheme whose options are used. The default is <see cref="BinanceAuthenticationDefaults.AuthenticationScheme"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when Binance has said that the token is gone.</returns>
    /// <exception cref="ArgumentException"><paramref name="accessToken"/> or <paramref name="scheme"/> is null or empty.</exception>
    /// <exception cref="InvalidOperationException">There is no Binance scheme of that name.</exception>
    /// <exception cref="BinanceAuthenticationException">The revocation failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task RevokeTokenAsync(
        string accessToken,
        string scheme = BinanceAuthenticationDefaults.AuthenticationScheme,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(accessToken);
        if (await _revoker.RevokeAsync(scheme, OptionsOf(scheme), accessToken, cancellationToken) is { } failure)
        {
            throw failure.ToException();
        }
    }

    /// <summary>
    /// Reads who the user is.
    /// </summary>
    /// <param name="accessToken">The access token.</param>
    /// <param name="scheme">The scheme whose options are used. The default is <see cref="BinanceAuthenticationDefaults.AuthenticationScheme"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The user.</returns>
    /// <exception cref="ArgumentException"><paramref name="accessToken"/> or <paramref name="scheme"/> is null or empty.</exception>
    /// <exception cref="InvalidOperationException">There is no Binance scheme of that name.</exception>
    /// <exception cref="BinanceAuthenticationException">Binance refused, failed, or did not name a user.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<BinanceUser> GetUserAsync(
        string accessToken,
        string scheme = BinanceAuthenticationDefaults.AuthenticationScheme,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(accessToken);
        var result = await UserInformationEndpoint.GetAsync(OptionsOf(scheme), accessToken, cancellationToken);
        if (!result.Succeeded(out var envelope, out var failure))
        {
            throw failure.ToException();
        }

        using (envelope)
        {
            var data = envelope.RootElement.GetProperty("data"u8);
            var email = JsonFields.TextOrNull(data, "email"u8);
            return new BinanceUser(JsonFields.TextOrNull(data, "userId"u8)!, string.IsNullOrEmpty(email) ? null : email);
        }
    }

    // Options of any name can be had, and those of a misspelt one point at Binance itself: a token of an emulator or of another client
    // would go there.
    private BinanceAuthenticationOptions OptionsOf(string scheme)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        var options = _options.Get(scheme);
        return string.IsNullOrEmpty(options.ClientId)
            ? throw new InvalidOperationException($"There is no Binance scheme '{scheme}': AddBinance was not called with that name.")
            : options;
    }
}
