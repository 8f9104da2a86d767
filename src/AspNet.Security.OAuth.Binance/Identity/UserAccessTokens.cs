using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.HttpClients;
using AspNet.Security.OAuth.Binance.Tokens;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// The tokens of Identity's users, for an application's own calls.
/// </summary>
internal sealed class UserAccessTokens<TUser>(CurrentUserTokens<TUser> tokens, BinanceSchemes schemes, UserIds ids) : IAccessTokenSource
    where TUser : class
{
    public bool IsByUser => true;

    public async Task<FoundAccessToken?> FindAsync(ClaimsPrincipal user, string scheme, CancellationToken cancellationToken)
        => ids.Of(user) is not { } userId ? null
            : await tokens.FindAsync(userId, new IssuedTicket(scheme, schemes.Get(scheme)), cancellationToken) is { } token ? new(token)
            : new(null, $"no valid token of this user is stored. The user has to sign in with the scheme '{scheme}' again, or for the first time.");
}
