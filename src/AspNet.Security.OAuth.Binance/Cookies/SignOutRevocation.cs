using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Revokes the tokens of sessions that a request ended, unless another cookie of the request, or written by it, holds them. The response
/// waits for at most <see cref="BinanceAuthenticationOptions.RevocationTimeout"/>; the revocation then continues in the background.
/// </summary>
internal sealed class SignOutRevocation(SessionCookieReader reader, SessionRegistry sessions, SessionTokens tokens, SafeLogger<SignOutRevocation> logger)
{
    /// <summary>Decides what is revoked. It runs at the start of the response, when it is known which other cookies hold the tokens.</summary>
    public async Task DecideAsync(object state)
    {
        var context = (HttpContext)state;
        if (context.RequestServices.GetService<IUserTokens>() is { } users)
        {
            await users.KeepAsync(context);
            await EndExternalLoginsAsync(context, users);
        }

        await RevokePendingAsync(context);
    }

    /// <summary>Revokes the tokens of the sessions that the request has ended so far.</summary>
    public async Task RevokePendingAsync(HttpContext context)
    {
        var pending = PendingCookies.Of(context);
        while (pending.Ends.Revocations is [var ended, ..])
        {
            pending.Ends.Revocations.RemoveAt(0);
            ended = ended with { Properties = ended.Properties.Clone() };
            try
            {
                var others = await OthersAsync(context, pending, ended.Issued.Scheme);
                await WaitAsync(pending, ended, revocation => RevokeUnlessHeldAsync(ended, others, revocation));
            }
            catch (Exception exception)
            {
                Log.RevocationFailed(logger, ended.Issued.Scheme, exception.GetType().Name);
            }
        }
    }

    private async Task EndExternalLoginsAsync(HttpContext context, IUserTokens users)
    {
        var pending = PendingCookies.Of(context);
        if (context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            // The browser still has the cookie, and may repeat the request.
            pending.Ends.ExternalLogins.Clear();
        }

        while (pending.Ends.ExternalLogins is [var external, ..])
        {
            pending.Ends.ExternalLogins.RemoveAt(0);
            var options = external.Issued.Options;
            if (external.Id is { } id && pending.Ends.KeptLoginIds.Contains(id))
            {
                continue;
            }

            // The end is stored first: another request that keeps the tokens checks for it afterwards.
            var wasOver = external.Key is { } key
                && await sessions.EndAsync(key, external.Issued, external.Properties, pending.RemainingOf(options.RevocationTimeout)) is SessionState.Ended;
            if (!wasOver && options.RevokeOnSignOut && !await users.MayBeKeptAsync(context))
            {
                pending.Ends.Revocations.Add(external);
            }
        }
    }

    /// <summary>Revokes the newest access token of a session at once, even if another session holds it.</summary>
    public Task RevokeAsync(HttpContext context, IssuedSession session)
        => WaitAsync(
            PendingCookies.Of(context), session, async revocation => await tokens.RevokeAsync(session, await tokens.FindNewestAsync(session), revocation));

    // From here on nothing of the request is used, because it may end first.
    private async Task WaitAsync(PendingCookies pending, IssuedSession session, Func<SessionRevocation, Task> revoke)
    {
        var (options, revocation) = (session.Issued.Options, new SessionRevocation(pending.Ends.Revoked, session.Issued.Options.Clock));
        var revoking = Task.Run(async () =>
        {
            try
            {
                await revoke(revocation);
            }
            catch (Exception exception)
            {
                Log.RevocationFailed(logger, session.Issued.Scheme, exception.GetType().Name);
            }
        });
        if (pending.RemainingOf(options.RevocationTimeout) == TimeSpan.Zero)
        {
            return;
        }

        if (!await pending.WaitWithinAsync(revoking, options))
        {
            await revocation.EndsNowAsync(options.RevocationTimeout);
            if (!revoking.IsCompleted && revocation.MayReportFailure())
            {
                Log.RevocationFailed(logger, session.Issued.Scheme, "It takes longer than the sign-out waits, and continues.");
            }
        }
    }

    private async Task RevokeUnlessHeldAsync(IssuedSession ended, List<IssuedSession> others, SessionRevocation revocation)
    {
        var newest = await tokens.FindNewestAsync(ended);
        if (!await IsHeldAsync(others, newest))
        {
            await tokens.RevokeAsync(ended, newest, revocation);
        }
    }

    // The remaining sessions: those of the request's cookies that it did not end, and those that it signed in.
    private async Task<List<IssuedSession>> OthersAsync(HttpContext context, PendingCookies pending, string scheme)
    {
        List<IssuedSession> others = [.. pending.Cookies.Select(cookie => cookie.SignedIn).OfType<IssuedSession>()];
        var decided = pending.Cookies.Where(cookie => cookie.IsDecided).Select(cookie => cookie.Scheme).ToHashSet(StringComparer.Ordinal);
        foreach (var session in await reader.ReadAllAsync(context, skipsFailures: false))
        {
            if (!decided.Contains(session.CookieScheme))
            {
                // Includes the tokens that this request refreshed.
                var refreshed = pending.Find(session.CookieScheme)?.Session;
                others.Add(refreshed ?? new(SessionKey.Of(session.CookieScheme, session.Properties), session.Properties, session.Issued));
            }
        }

        // Copies, because the request continues and may change them.
        return [.. others.Where(other => other.Issued.Scheme == scheme).Select(static other => other with { Properties = other.Properties.Clone() })];
    }

    private async Task<bool> IsHeldAsync(List<IssuedSession> others, HeldTokens newest)
    {
        foreach (var other in others)
        {
            if ((other.Key is not { } key || await sessions.FindStateAsync(key, other.Issued) is SessionState.Live)
                && (await tokens.FindNewestAsync(other)).Shares(newest))
            {
                return true;
            }
        }

        return false;
    }
}
