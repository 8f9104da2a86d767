using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// Ends sign-ins of a user: their tokens are removed from the store, and revoked.
/// </summary>
internal sealed class UserTokensEnd<TUser>(
    UserTokenStores<TUser> stores,
    IssuedTickets tickets,
    BinanceSchemes schemes,
    IOptions<BinanceSchemeNames> registered,
    SessionRegistry sessions,
    SessionTokens tokens,
    SafeLogger<UserTokensEnd<TUser>> logger)
    where TUser : class
{
    /// <summary>Ends all sign-ins of a user, and revokes their tokens.</summary>
    /// <param name="users">The caller's own manager, so that the caller can then change the user that it has loaded, remove a login, or delete the user.</param>
    /// <param name="user">The user.</param>
    /// <param name="scheme">The scheme, or <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="UserTokensException">Identity refuses to remove the tokens.</exception>
    public async Task RevokeAllAsync(UserManager<TUser> users, TUser user, string? scheme, CancellationToken cancellationToken)
    {
        IssuedTicket[] all = scheme is null
            ? [.. registered.Value.Names.Select(name => new IssuedTicket(name, schemes.Get(name)))]
            : [new(scheme, schemes.Get(scheme))];
        foreach (var issued in all)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await RevokeAllAsync(users, user, issued, cancellationToken);
        }
    }

    /// <summary>Ends sign-ins of a user. A failure of the store is logged, and does not prevent a sign-out.</summary>
    /// <returns>The sessions whose tokens are to be revoked. Of several concurrent calls for a session, one returns it.</returns>
    public async Task<IReadOnlyList<IssuedSession>> EndAsync(string userId, IssuedTicket issued, IReadOnlyCollection<string> ids)
    {
        List<IssuedSession> ended = [];
        try
        {
            await stores.RunAsync(userId, issued.Scheme, store => EndAsync(store, issued, ids, ended));
        }
        catch (Exception exception)
        {
            Log.TokensNotRemoved(logger, issued.Scheme, UserTokensException.ReasonOf(exception));
        }

        return ended;
    }

    /// <summary>Ends the sign-ins of a session, for at most <see cref="BinanceAuthenticationOptions.RevocationTimeout"/>. Without <see cref="BinanceAuthenticationOptions.RevokeOnSignOut"/> the tokens stay, for background jobs.</summary>
    /// <returns>The sessions whose tokens are to be revoked.</returns>
    public async Task<IReadOnlyList<IssuedSession>> EndAsync(IEnumerable<SignIn> signIns)
    {
        List<IssuedSession> ended = [];
        foreach (var ofUser in signIns.GroupBy(static signIn => (signIn.UserId, signIn.Scheme)))
        {
            if (tickets.Find(ofUser.Key.Scheme) is { Options.RevokeOnSignOut: true } issued)
            {
                var ending = DetachedFlow.RunAsync(() => EndAsync(ofUser.Key.UserId, issued, [.. ofUser.Select(static signIn => signIn.Id).Distinct()]));
                try
                {
                    ended.AddRange(await ending.WaitAsync(issued.Options.RevocationTimeout, issued.Options.Clock));
                }
                catch (TimeoutException)
                {
                    // It continues in the background.
                    _ = RevokeLaterAsync(ending);
                }
            }
        }

        return ended;
    }

    /// <summary>Revokes the tokens of sign-ins that end after the sign-out has stopped waiting.</summary>
    public async Task RevokeLaterAsync(Task<IReadOnlyList<IssuedSession>> ending) => await tokens.RevokeAllAsync(await ending);

    private async Task RevokeAllAsync(UserManager<TUser> users, TUser user, IssuedTicket issued, CancellationToken cancellationToken)
    {
        List<IssuedSession> ended = [];
        try
        {
            // The entity that this scope tracks, which is usually the caller's object.
            if (await users.FindByIdAsync(await users.GetUserIdAsync(user)) is { } loaded)
            {
                await EndAllAsync(new(users, loaded, issued.Scheme));
            }
        }
        catch (UserTokensException exception) when (exception.IsConflict)
        {
            await stores.RunAsync(await users.GetUserIdAsync(user), issued.Scheme, EndAllAsync);
        }
        finally
        {
            // From here on the caller's manager is not used.
            await tokens.RevokeAllAsync(ended).WaitAsync(cancellationToken);
        }

        async Task EndAllAsync(UserTokenStore<TUser> store) => await EndAsync(store, issued, await store.ListAsync(), ended);
    }

    private async Task EndAsync(UserTokenStore<TUser> store, IssuedTicket issued, IReadOnlyCollection<string> ids, List<IssuedSession> ended)
    {
        foreach (var id in ids)
        {
            if (await store.FindAsync(id) is { } kept)
            {
                // The session ends first, so that a refresh in progress does not store it again.
                var session = kept.ToSession(id, issued);
                session.Properties.ExpiresUtc = issued.Options.Clock.GetUtcNow() + SessionRegistry.Grace;
                var isLive = await sessions.EndAsync(session.Key!.Value, issued, session.Properties, issued.Options.RevocationTimeout) is SessionState.Live;
                if (ended.RemoveAll(other => other.Key == session.Key) > 0 || isLive)
                {
                    // A repeated attempt may have read newer tokens.
                    ended.Add(session);
                }

                // A registration leaves its external cookie in the browser.
                await sessions.EndAsync(new(IdentityConstants.ExternalScheme, id), issued, session.Properties, issued.Options.RevocationTimeout);
            }
        }

        await store.RemoveAsync(ids);
    }
}
