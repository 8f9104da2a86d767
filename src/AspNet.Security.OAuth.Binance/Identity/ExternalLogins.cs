using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// Takes the tokens of an external login into the store of the user who has it. Nobody else gets them: the external cookie of a browser may be
/// somebody else's.
/// </summary>
internal sealed class ExternalLogins<TUser>(
    UserTokenStores<TUser> stores, UserTokensEnd<TUser> end, SessionRegistry sessions, SessionTokens tokens, SafeLogger<ExternalLogins<TUser>> logger)
    where TUser : class
{
    /// <summary>Takes the tokens of a login, once.</summary>
    /// <returns><see langword="false"/> if the login is not the user's, or is over, or the tokens could not be stored: nobody has them then.</returns>
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

            // Another tab may have left the login meanwhile, and have looked before the tokens were there.
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
    /// Returns a value indicating whether the tokens were taken by an earlier request: a registration leaves its external cookie behind, which the next
    /// visit to the login page signs out of. Where that is not known, somebody may be using them.
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
            // A store that finds its users by the request, such as one for each tenant.
            Log.TokensNotStored(logger, login.Issued.Scheme, "the user is not found outside of the request");
        }

        return null;
    }

    private async Task<bool> IsEndedAsync(SessionKey key, IssuedTicket issued) => await sessions.FindStateAsync(key, issued) is SessionState.Ended;
}
