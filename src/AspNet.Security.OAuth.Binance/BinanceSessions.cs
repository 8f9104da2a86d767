using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Sessions;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Lists and ends the sessions that <c>AddBinanceServerSessions</c> keeps on the server: for a page that shows users where they are signed in,
/// and for administrators. <c>AddBinanceServerSessions</c> registers a singleton. The methods are virtual, so that an application can replace
/// the service in its unit tests.
/// </summary>
/// <remarks>
/// Sessions are found by an index of each user, which does not decide whether a session is live. It misses a session when two sign-ins of the user end at the same time in two processes
/// without a distributed lock, when the user has more than 500 sessions, and when the cache has lost it. A session that it misses is not
/// listed; <see cref="EndAllAsync"/> ends it nevertheless, and does not revoke its tokens.
/// </remarks>
public class BinanceSessions
{
    private readonly UserSessions? _sessions;
    private readonly CurrentSession? _current;
    private readonly SessionAccessTokens? _live;

    /// <summary>
    /// Initializes a service that overrides every method that is called, for unit tests.
    /// </summary>
    protected BinanceSessions()
    {
    }

    internal BinanceSessions(UserSessions sessions, CurrentSession current, SessionAccessTokens live)
        => (_sessions, _current, _live) = (sessions, current, live);

    private UserSessions Sessions => _sessions ?? throw NotOverridden();

    /// <summary>
    /// Lists the live sessions of a user.
    /// </summary>
    /// <param name="userId">The user: the value of the claim <see cref="System.Security.Claims.ClaimTypes.NameIdentifier"/> at the sign-in.</param>
    /// <param name="scheme">
    /// The scheme that authenticated the user: a Binance scheme, by default <see cref="BinanceAuthenticationDefaults.AuthenticationScheme"/>,
    /// or another remote one. Where there was none, as with ASP.NET Core Identity, it is the scheme of the cookie.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The sessions, the newest sign-in first.</returns>
    /// <exception cref="ArgumentException"><paramref name="userId"/> or <paramref name="scheme"/> is null or empty.</exception>
    /// <exception cref="BinanceAuthenticationException">The cache that holds the sessions is unavailable (<see cref="BinanceFailure.Unavailable"/>).</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual Task<IReadOnlyList<BinanceSessionInfo>> ListAsync(
        string userId, string scheme = BinanceAuthenticationDefaults.AuthenticationScheme, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        return Sessions.ListAsync(scheme, userId).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Ends one session of a user, in every process immediately, and revokes its tokens when
    /// <see cref="BinanceAuthenticationOptions.RevokeOnSignOut"/> is set, unless another session of the user holds them. A failed revocation is logged.
    /// </summary>
    /// <param name="userId">The user.</param>
    /// <param name="sessionId">The session's <see cref="BinanceSessionInfo.Id"/>.</param>
    /// <param name="scheme">The scheme that authenticated the user, as in <see cref="ListAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller. The session is ended nevertheless.</param>
    /// <returns><see langword="true"/> if it was a live session of this user.</returns>
    /// <exception cref="ArgumentException">An argument is null or empty.</exception>
    /// <exception cref="BinanceAuthenticationException">
    /// The cache that holds the sessions is unavailable (<see cref="BinanceFailure.Unavailable"/>). Whether the session is over is not known: call again.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual Task<bool> EndAsync(
        string userId, string sessionId, string scheme = BinanceAuthenticationDefaults.AuthenticationScheme, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        ArgumentException.ThrowIfNullOrEmpty(sessionId);
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        return Sessions.EndAsync(scheme, userId, sessionId).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Ends all sessions of a user that began before this call, in every process immediately, and revokes their tokens when
    /// <see cref="BinanceAuthenticationOptions.RevokeOnSignOut"/> is set. A sign-in in progress begins after it, or fails. A failed
    /// revocation is logged.
    /// </summary>
    /// <param name="userId">The user.</param>
    /// <param name="scheme">The scheme that authenticated the user, as in <see cref="ListAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller. The sessions are ended nevertheless.</param>
    /// <returns>A task that completes when the sessions are over and the revocations were tried.</returns>
    /// <exception cref="ArgumentException"><paramref name="userId"/> or <paramref name="scheme"/> is null or empty.</exception>
    /// <exception cref="BinanceAuthenticationException">
    /// The cache that holds the sessions is unavailable (<see cref="BinanceFailure.Unavailable"/>). Whether the sessions are over is not known: call again.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual Task EndAllAsync(
        string userId, string scheme = BinanceAuthenticationDefaults.AuthenticationScheme, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        return Sessions.EndAllAsync(scheme, userId).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Returns the id of the session whose key the cookie of a request holds, to mark it in a list. The session may have ended.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="cookieScheme">The scheme of the cookie. The default is the first one that keeps its sessions on the server and is in the request.</param>
    /// <returns>The <see cref="BinanceSessionInfo.Id"/>, or <see langword="null"/> if the request has no such cookie.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is <see langword="null"/>.</exception>
    public virtual string? GetCurrentId(HttpContext context, string? cookieScheme = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        return (_current ?? throw NotOverridden()).IdOf(context, cookieScheme);
    }

    /// <summary>
    /// Returns the id of the session by which a user is authenticated, outside of a request, as in a Blazor circuit. The session may have ended.
    /// </summary>
    /// <param name="user">The user, as a request authenticated it.</param>
    /// <returns>The <see cref="BinanceSessionInfo.Id"/>, or <see langword="null"/> if no session on the server authenticates the user.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="user"/> is <see langword="null"/>.</exception>
    public virtual string? GetId(ClaimsPrincipal user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return (_current ?? throw NotOverridden()).IdOf(user);
    }

    /// <summary>
    /// Returns a value indicating whether the session by which a user is authenticated is live: for code that outlives the request that authenticated the user, such as a
    /// Blazor circuit or the connection of a hub.
    /// </summary>
    /// <param name="user">The user, as a request authenticated it.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns><see langword="true"/> if the user is authenticated by a session on the server that is live.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="user"/> is <see langword="null"/>.</exception>
    /// <exception cref="BinanceAuthenticationException">The cache that holds the sessions is unavailable (<see cref="BinanceFailure.Unavailable"/>).</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual Task<bool> IsLiveAsync(ClaimsPrincipal user, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(user);
        return (_live ?? throw NotOverridden()).IsLiveAsync(user, cancellationToken);
    }

    private static NotSupportedException NotOverridden()
        => new("This method is not overridden, and the service was made without AddBinanceServerSessions. Override it, or use the service of the container.");
}
