using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Gets new tokens for a session: through the single flight of this process, the web farm's lock, and the request to Binance.
/// </summary>
internal sealed class TokenRefresher(
    BinanceSchemes schemes, WebFarm farm, SessionRegistry sessions, TokenRevoker revoker, BinanceMetrics metrics, SafeLogger<TokenRefresher> logger)
{
    // Added to the time limit of a call, because an application's own HTTP handler may ignore the cancellation.
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, RefreshCalls> _calls = new(StringComparer.Ordinal);

    /// <summary>Joins the refresh of a session's tokens, or starts one. A failure is logged already.</summary>
    public RefreshCall Refresh(IssuedSession session, bool isForRevocation = false)
        => CallsOf(session.Issued.Scheme).Join(
            StoredTokens.RefreshToken(session.Properties)!,
            session.Id,
            session.Key,
            StoredTokens.LastMomentOf(session.Properties),
            call => SendAsync(call, session.Issued.Scheme, isForRevocation));

    /// <summary>Joins the refresh of tokens whose session and expiry are not known, or starts one. A failure is logged already.</summary>
    public RefreshCall Refresh(string scheme, string refreshToken)
        => CallsOf(scheme).Join(refreshToken, null, null, null, call => SendAsync(call, scheme));

    /// <summary>Finds the call for a session, in progress or completed.</summary>
    public RefreshCall? Find(string scheme, string refreshToken, string? sessionId) => CallsOf(scheme).Find(refreshToken, sessionId);

    /// <summary>Returns a value indicating whether a refresh token was exchanged for another one within the last ten minutes.</summary>
    public bool IsSpent(string scheme, string refreshToken) => CallsOf(scheme).IsSpent(refreshToken);

    /// <summary>Removes the outcome of a session that is over, in this process and in the web farm.</summary>
    public Task ForgetAsync(IssuedTicket issued, string refreshToken, string? sessionId)
    {
        CallsOf(issued.Scheme).Forget(refreshToken, sessionId);
        return farm.ForgetAsync(new(issued.Scheme, issued.Options, refreshToken) { SessionId = sessionId });
    }

    /// <summary>
    /// Takes the tokens of a refresh in another process, which had looked for the end of the session before that was recorded, and leaves them to this process to revoke.
    /// </summary>
    public async Task<BinanceTokens?> TakeAsync(IssuedTicket issued, string refreshToken, string? sessionId)
    {
        var call = new FarmCall(issued.Scheme, issued.Options, refreshToken) { SessionId = sessionId };

        // The lock, which that process holds until it has looked, is needed only if there is an outcome.
        return await farm.FindAsync(call) is { Tokens: not null } found && found.IsOf(call) ? (await farm.TakeAsync(call))?.Tokens : null;
    }

    private RefreshCalls CallsOf(string scheme)
        => _calls.GetOrAdd(scheme, static (scheme, all) => all.Create(scheme), this);

    private RefreshCalls Create(string scheme) => new(schemes.Get(scheme).Clock, sessions.IsRevoked);

    private async Task<BinanceTokens> SendAsync(RefreshCall call, string scheme, bool isForRevocation = false)
    {
        try
        {
            var options = schemes.Get(scheme);
            var inFarm = new FarmCall(scheme, options, call.RefreshToken) { SessionId = call.SessionId, IsForRevocation = isForRevocation };
            var outcome = await farm.RunAsync(
                inFarm,
                () => call.MayGoAlone,
                async () =>
                {
                    call.Send();
                    return new(await CallAsync(scheme, options, call.RefreshToken), null) { SessionId = call.SessionId, CookieScheme = call.Session?.CookieScheme };
                },
                outcome => call.Session is { } session ? RevokeIfEndedElsewhereAsync(inFarm, session, outcome.Tokens!) : Task.CompletedTask);
            call.IssuedTo = outcome.SessionId;
            return outcome.Tokens!;
        }
        catch (Exception exception) when (exception is not BinanceAuthenticationException)
        {
            // An application's own HTTP handler can throw any exception, which must not end a session, and whose message may contain secrets.
            throw Logged(scheme, new(BinanceFailure.Unknown, $"Binance's token endpoint: {exception.GetType().Name}."));
        }
    }

    private async Task<BinanceTokens> CallAsync(string scheme, BinanceAuthenticationOptions options, string refreshToken)
    {
        try
        {
            // Not cancelled with a request, because the tokens of the response would be lost.
            var tokens = await metrics.MeasureRefreshAsync(
                scheme,
                options.Clock,
                () => options.GetClient().RefreshAsync(refreshToken, CancellationToken.None).WaitAsync(options.LongestCall + _grace, options.Clock));
            Log.Refreshed(logger, scheme);
            return tokens;
        }
        catch (BinanceAuthenticationException exception)
        {
            throw Logged(scheme, exception);
        }
        catch (TimeoutException)
        {
            throw Logged(scheme, new(BinanceFailure.Timeout, "Binance's token endpoint: the HTTP handler ignored the cancellation of the call."));
        }
    }

    // The process that ends a session waits for a refresh in the same process, and revokes its tokens. It learns of a refresh in another process only from
    // the outcome in the cache. Therefore this runs before the lock is released, so that exactly one of both processes revokes.
    private async Task RevokeIfEndedElsewhereAsync(FarmCall call, SessionKey session, BinanceTokens tokens)
    {
        var issued = new IssuedTicket(call.Scheme, call.Options);
        if (await sessions.IsRevokedElsewhereAsync(session, issued)
            && (!farm.IsShared || await farm.FindAsync(call) is not null))
        {
            CallsOf(call.Scheme).Forget(call.Secret, call.SessionId);
            await farm.RefuseAsync(call, tokens);
            Log.RevocationEnded(logger, call.Scheme, await revoker.TryRevokeAsync(call.Scheme, call.Options, tokens.AccessToken));
        }
    }

    private BinanceAuthenticationException Logged(string scheme, BinanceAuthenticationException exception)
    {
        var level = Log.LevelOf(exception.Failure);
        Log.RefreshFailed(logger, level, scheme, exception.Failure, exception.Message);
        return exception;
    }
}
