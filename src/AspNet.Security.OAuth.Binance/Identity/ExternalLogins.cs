using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// Stores the tokens of an external login for the user who has that login, and for no other user: the external cookie of a browser may belong to
/// another person.
/// </summary>
internal sealed class ExternalLogins<TUser>(
    UserTokenStores<TUser> stores, UserTokensEnd<TUser> end, SessionRegistry sessions, SessionTokens tokens, SafeLogger<ExternalLogins<TUser>> logger)
    where TUser : class
{
    /// <summary>Stores the tokens of a login, once.</summary>
    /// <returns><see langword="false"/> if the login is not the user's, or is over, or the tokens could not be stored.</returns>
    public async Task<bool> TryTakeAsync(ExternalLogin login, string userId)
    {
        var issued = login.Issued;
        try
        {
            if (login.Tokens is not { } held
                || await IsEndedAsync(KeptTokens.KeyOf(login.Id), issued)
                || await IsEndedAsync(new(IdentityConstants.ExternalScheme, login.Id), issued))
            {
                return false;
            }

            var kept = new KeptTokens(held, issued.Options.Clock.GetUtcNow());
            var old = await stores.RunAsync(
                users => FindAsync(users, login, userId), issued.Scheme, store => store.AddAsync(login.Id, kept));
            if (old is null)
            {
                return false;
            }

            if (old.Count > 0)
            {
                await tokens.RevokeAllAsync(await end.EndAsync(userId, issued, old));
            }

            // Another request may have signed out of the login during the write, and have checked for the tokens before they were stored.
            if (await IsEndedAsync(new(IdentityConstants.ExternalScheme, login.Id), issued))
            {
                await tokens.RevokeAllAsync(await end.EndAsync(userId, issued, [login.Id]));
                return false;
            }

            return true;
        }
        catch (Exception exception)
        {
            Log.TokensNotStored(logger, issued.Scheme, UserTokensException.ReasonOf(exception));
            return false;
        }
    }

    /// <summary>
    /// Returns a value indicating whether an earlier request has stored the tokens: a registration leaves its external cookie behind, which the next
    /// request of the login page signs out of. If that is not known, the tokens may be in use.
    /// </summary>
    public async Task<bool> MayBeTakenAsync(ExternalLogin login)
    {
        try
        {
            return await stores.RunAsync(login.FindUserAsync, login.Issued.Scheme, async store => await store.FindAsync(login.Id) is not null);
        }
        catch (Exception exception)
        {
            Log.TokensNotRemoved(logger, login.Issued.Scheme, UserTokensException.ReasonOf(exception));
            return true;
        }
    }

    private async Task<TUser?> FindAsync(UserManager<TUser> users, ExternalLogin login, string userId)
    {
        if (await login.FindUserAsync(users) is { } user)
        {
            return await users.GetUserIdAsync(user) == userId ? user : null;
        }

        if (await users.FindByIdAsync(userId) is null)
        {
            // The store depends on the request, for example on its tenant.
            Log.TokensNotStored(logger, login.Issued.Scheme, "the user is not found outside of the request");
        }

        return null;
    }

    private async Task<bool> IsEndedAsync(SessionKey key, IssuedTicket issued) => await sessions.FindStateAsync(key, issued) is SessionState.Ended;
}
