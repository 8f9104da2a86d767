using AspNet.Security.OAuth.Binance.Emulator.Hosting;
using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The tokens that the emulator has issued. Safe to use from many threads; the lists are snapshots.</summary>
public sealed class EmulatorTokens
{
    private readonly TokenStore _store;
    private readonly EmulatorClients _clients;
    private readonly EmulatorUsers _users;
    private readonly ResetLock _resets;

    internal EmulatorTokens(TokenStore store, EmulatorClients clients, EmulatorUsers users, ResetLock resets)
    {
        _store = store;
        _clients = clients;
        _users = users;
        _resets = resets;
    }

    /// <summary>Gets the live access tokens, oldest first.</summary>
    public IReadOnlyList<EmulatorToken> AccessTokens => _store.AccessTokens;

    /// <summary>Gets the live refresh tokens, oldest first.</summary>
    public IReadOnlyList<EmulatorToken> RefreshTokens => _store.RefreshTokens;

    /// <summary>Returns whether an access token was issued by this emulator and is neither expired nor revoked.</summary>
    /// <param name="accessToken">The access token.</param>
    /// <returns>Whether it is live.</returns>
    public bool IsLive(string accessToken)
    {
        ArgumentNullException.ThrowIfNull(accessToken);
        return _store.FindAccess(accessToken) is not null;
    }

    /// <summary>Returns whether a refresh token was issued by this emulator and is neither used nor revoked.</summary>
    /// <param name="refreshToken">The refresh token.</param>
    /// <returns>Whether it is live.</returns>
    public bool IsRefreshTokenLive(string refreshToken)
    {
        ArgumentNullException.ThrowIfNull(refreshToken);
        return _store.FindRefresh(refreshToken) is not null;
    }

    /// <summary>Issues tokens without a sign-in, to set up a test.</summary>
    /// <param name="clientId">The client. <see langword="null"/>: the first of <see cref="BinanceEmulator.Clients"/>.</param>
    /// <param name="userId">The account. <see langword="null"/>: the first of <see cref="BinanceEmulator.Users"/>.</param>
    /// <param name="scopes">The granted scopes. <see langword="null"/>: <c>user:openId</c>.</param>
    /// <returns>The tokens.</returns>
    /// <exception cref="ArgumentException">There is no such client or user, or a scope is invalid.</exception>
    public EmulatorTokenPair Issue(string? clientId = null, string? userId = null, IEnumerable<string>? scopes = null) => _resets.Work(() =>
    {
        IReadOnlyList<string> granted = scopes is null ? ["user:openId"] : [.. scopes];
        if (!granted.All(Grant.IsScope))
        {
            throw new ArgumentException("A scope must be printable ASCII without blanks, commas, quotation marks and backslashes, such as user:openId.", nameof(scopes));
        }

        var client = (clientId is null ? _clients.FirstOrDefault() : _clients.Find(clientId))
            ?? throw new ArgumentException("There is no such client.", nameof(clientId));
        var user = (userId is null ? _users.FirstOrDefault() : _users.Find(userId))
            ?? throw new ArgumentException("There is no such user.", nameof(userId));
        return _store.Issue(new Grant(client.ClientId, user.UserId, granted));
    });

    /// <summary>Revokes a token and all others of its grant, as when the user withdraws the consent.</summary>
    /// <param name="token">A live access or refresh token.</param>
    /// <returns>Whether it was live.</returns>
    public bool Revoke(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _store.Revoke(token, "Revoked through Tokens.Revoke");
    }

    /// <summary>
    /// Simulates the creation of an API key with a grant that has <c>create:apikey</c> (W9): its access tokens expire at once, and every later
    /// refresh is refused with <c>invalid_grant</c> and an <c>error_description</c> with the reason.
    /// </summary>
    /// <param name="token">A live access or refresh token. Its scopes are not checked.</param>
    /// <returns>Whether it was live.</returns>
    public bool CreateApiKey(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _store.Revoke(token, "An API key was created with it (W9)");
    }

    /// <summary>Revokes all tokens.</summary>
    /// <returns>The number of grants that were revoked.</returns>
    public int RevokeAll() => _store.RevokeAll("Revoked through Tokens.RevokeAll");

    /// <summary>Expires all access tokens. Refresh tokens stay valid.</summary>
    /// <returns>The number of access tokens that were live.</returns>
    public int ExpireAccessTokens() => _store.ExpireAccessTokens();
}
