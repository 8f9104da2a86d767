using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.HttpClients;

/// <summary>
/// Finds the access token of the user on whose behalf the code runs: in the session of the request, or, if that has no valid one any more, in the
/// session on the server.
/// </summary>
internal sealed class CurrentAccessToken(IHttpContextAccessor accessor, BinanceSchemes schemes, IEnumerable<IAccessTokenSource> sources)
{
    private const string Remedy = "Keep the sessions on the server (AddBinanceServerSessions): the token is found and refreshed there.";

    /// <exception cref="InvalidOperationException">There is none. The message tells what to do.</exception>
    /// <exception cref="BinanceAuthenticationException">It cannot be read or refreshed.</exception>
    public Task<string> GetAsync(string scheme, CancellationToken cancellationToken)
        => CallingUser.Current is { } caller ? OfCallerAsync(caller, scheme, cancellationToken)
            : accessor.HttpContext is { } context ? OfRequestAsync(context, scheme, cancellationToken)
            : throw new InvalidOperationException(
                "there is no request, no Blazor circuit and no hub. Background code keeps its own tokens, and refreshes them with BinanceTokenService.");

    /// <summary>Returns the exception for a session that holds no access token.</summary>
    public static InvalidOperationException NoToken(AuthenticationProperties session, string scheme)
        => StoredTokens.IsRefused(session) ? Refused(scheme) : new($"the session of the scheme '{scheme}' holds none. Switch SaveTokens on, and let the user sign in again.");

    /// <summary>Returns the exception for a session that continues without tokens.</summary>
    public static InvalidOperationException Refused(string scheme)
        => new($"the session of the scheme '{scheme}' has none any more: Binance refused to refresh it. For that permission the user has to sign in again.");

    /// <summary>Returns the exception for an expired access token that nothing renews.</summary>
    public static InvalidOperationException NotRefreshed()
        => new("the token of the session has expired. It is not refreshed: AutomaticRefresh is switched off, or Binance gave no refresh token. The user has to sign in again.");

    private async Task<string> OfCallerAsync(CallingUser caller, string scheme, CancellationToken cancellationToken)
    {
        var user = await caller.GetAsync();
        if (await FindAsync(sources, user, scheme, cancellationToken) is { } found)
        {
            return found;
        }

        throw user.Identity is { IsAuthenticated: true }
            ? new InvalidOperationException($"a Blazor circuit or a hub has no response that could write a cookie. {Remedy}")
            : Nobody(scheme);
    }

    private async Task<string> OfRequestAsync(HttpContext context, string scheme, CancellationToken cancellationToken)
    {
        var (session, isOfOtherUser) = await RequestTicket.FindAsync(context, scheme);
        if (session is null)
        {
            // The session belongs to another user than the request. The tokens of the request's user may be kept by another source.
            return await FindAsync(sources.Where(source => source.IsByUser || !isOfOtherUser), context.User, scheme, cancellationToken) ?? throw (isOfOtherUser ? SessionOfOtherUser(scheme) : Nobody(scheme));
        }

        var token = StoredTokens.AccessToken(session.Properties) ?? throw NoToken(session.Properties, scheme);

        // A request may outlive its token, for example one that streams events.
        var options = schemes.Get(scheme);
        if (!StoredTokens.IsDue(session.Properties, options.Clock.GetUtcNow(), options.RefreshBeforeExpiration))
        {
            return token;
        }

        try
        {
            if (await FindAsync(sources, session.Principal, scheme, cancellationToken) is { } found)
            {
                return found;
            }
        }
        catch (BinanceAuthenticationException) when (!IsExpired())
        {
            // The request's token is still valid, although the cache failed.
            return token;
        }

        return !IsExpired() ? token
            : throw (options.AutomaticRefresh && StoredTokens.RefreshToken(session.Properties) is not null
                ? new InvalidOperationException($"the token of this request has expired, and could not be refreshed before. In a request that lasts longer than its token: {Remedy}")
                : NotRefreshed());

        bool IsExpired() => StoredTokens.IsExpired(session.Properties, options.Clock.GetUtcNow());
    }

    /// <returns><see langword="null"/> if no source keeps tokens of this user.</returns>
    private static async Task<string?> FindAsync(IEnumerable<IAccessTokenSource> sources, ClaimsPrincipal user, string scheme, CancellationToken cancellationToken)
    {
        FoundAccessToken? none = null;
        foreach (var source in sources)
        {
            if (await source.FindAsync(user, scheme, cancellationToken) is { } found)
            {
                if (found.Value is { } token)
                {
                    return token;
                }

                none = none is { Reason: not null } ? none : found;
            }
        }

        return none is null ? null : throw (none.Value.Reason is { } reason ? new InvalidOperationException(reason) : Nobody(scheme));
    }

    private static InvalidOperationException SessionOfOtherUser(string scheme)
        => new($"this request is not signed in as the user of the session of the scheme '{scheme}'. Where a request may use that session, name the scheme of its "
            + "cookie ([Authorize(AuthenticationSchemes = …)]). What changes the user of a request is an IClaimsTransformation.");

    private static InvalidOperationException Nobody(string scheme) => new($"nobody is signed in with the scheme '{scheme}'. Call it for signed-in users only.");
}
