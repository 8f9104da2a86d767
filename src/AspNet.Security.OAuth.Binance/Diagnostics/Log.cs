using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Diagnostics;

/// <summary>
/// Every log message. The level tells who has to act: the operator for an error, Binance or the network for a warning, nobody for information.
/// No argument is secret. The ids start at 101, because the framework's messages in the handler's category have small ids.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(101, LogLevel.Debug, "The scheme {Scheme} sends the browser to Binance.", EventName = "Challenged")]
    public static partial void Challenged(ILogger logger, string scheme);

    [LoggerMessage(EventId = 102, EventName = "SignInFailed", Message = "A sign-in with the scheme {Scheme} failed ({Failure}): {Reason}")]
    public static partial void SignInFailed(ILogger logger, LogLevel level, Exception? exception, string scheme, BinanceFailure failure, string reason);

    [LoggerMessage(103, LogLevel.Information, "The scheme {Scheme} revoked the access token of a session that ended.", EventName = "Revoked")]
    public static partial void Revoked(ILogger logger, string scheme);

    [LoggerMessage(104, LogLevel.Warning, "The scheme {Scheme} could not revoke an access token; the user is signed out nevertheless: {Reason}", EventName = "RevocationFailed")]
    public static partial void RevocationFailed(ILogger logger, string scheme, string reason);

    [LoggerMessage(105, LogLevel.Debug, "The scheme {Scheme} refreshed a session's tokens.", EventName = "Refreshed")]
    public static partial void Refreshed(ILogger logger, string scheme);

    [LoggerMessage(EventId = 106, EventName = "RefreshFailed", Message = "The scheme {Scheme} could not refresh a session's tokens ({Failure}): {Reason}")]
    public static partial void RefreshFailed(ILogger logger, LogLevel level, string scheme, BinanceFailure failure, string reason);

    [LoggerMessage(107, LogLevel.Warning, "The distributed lock or cache failed. Until it is available again, this process refreshes a token of the scheme {Scheme} only in its last minute, without the other processes.", EventName = "FarmUnavailable")]
    public static partial void FarmUnavailable(ILogger logger, Exception exception, string scheme);

    [LoggerMessage(108, LogLevel.Error, "A session's cookie could not be written at the start of the response ({Reason}).", EventName = "CookieNotWritten")]
    public static partial void CookieNotWritten(ILogger logger, string reason);

    [LoggerMessage(109, LogLevel.Information, "The scheme {Scheme} signed a user in.", EventName = "SignedIn")]
    public static partial void SignedIn(ILogger logger, string scheme);

    [LoggerMessage(110, LogLevel.Information, "A sign-in with the scheme {Scheme} was not completed after its code was exchanged; its access token was revoked.", EventName = "AbandonedSignInRevoked")]
    public static partial void AbandonedSignInRevoked(ILogger logger, string scheme);

    [LoggerMessage(111, LogLevel.Warning, "A sign-in with the scheme {Scheme} was not completed after its code was exchanged; its access token could not be revoked: {Reason}", EventName = "AbandonedSignInNotRevoked")]
    public static partial void AbandonedSignInNotRevoked(ILogger logger, string scheme, string reason);

    [LoggerMessage(112, LogLevel.Warning, "The scheme {Scheme} timed out waiting for the request of another process ({Reason}).", EventName = "OtherProcessTimedOut")]
    public static partial void OtherProcessTimedOut(ILogger logger, string scheme, string reason);

    [LoggerMessage(113, LogLevel.Error, "The page {Path} needs a signed-in user, and is the page of failed sign-ins with the scheme {Scheme} ({Option}), which would be a redirect loop. Allow anonymous users on it: [AllowAnonymous], or AllowAnonymous() of an endpoint.", EventName = "FailurePageNeedsUser")]
    public static partial void FailurePageNeedsUser(ILogger logger, string scheme, string option, string path);

    [LoggerMessage(114, LogLevel.Information, "A sign-in with the scheme {Scheme} was aborted by the browser.", EventName = "SignInAborted")]
    public static partial void SignInAborted(ILogger logger, string scheme);

    [LoggerMessage(115, LogLevel.Error, "The cache that holds the sessions failed. Requests with a session get 503 until it is available again.", EventName = "SessionsUnavailable")]
    public static partial void SessionsUnavailable(ILogger logger, Exception exception);

    [LoggerMessage(116, LogLevel.Warning, "An entry of the cache that holds the sessions cannot be read, and counts as none: {Entry}. Check that all processes share the data-protection keys and the application name.", EventName = "SessionUnreadable")]
    public static partial void SessionUnreadable(ILogger logger, string entry);

    [LoggerMessage(117, LogLevel.Error, "A session of the cookie {Scheme} has become longer than 64 KiB, and was not written. Keep fewer claims, or shorter tokens, in it.", EventName = "SessionTooLong")]
    public static partial void SessionTooLong(ILogger logger, string scheme);

    [LoggerMessage(118, LogLevel.Error, "The page {Path}, which is shown while the sessions are unavailable, failed or wrote nothing. A line of text was sent instead.", EventName = "UnavailablePageFailed")]
    public static partial void UnavailablePageFailed(ILogger logger, Exception? exception, string path);

    [LoggerMessage(119, LogLevel.Warning, "Users who sign in with the scheme {Scheme} are signed in to the application without tokens: nothing is refreshed, and nothing is revoked when they sign out. With ASP.NET Core Identity, call AddBinanceTokens on its builder.", EventName = "TokensNotKept")]
    public static partial void TokensNotKept(ILogger logger, string scheme);

    [LoggerMessage(120, LogLevel.Warning, "Identity could not store the tokens of a user who signed in with the scheme {Scheme} ({Reason}).", EventName = "TokensNotStored")]
    public static partial void TokensNotStored(ILogger logger, string scheme, string reason);

    [LoggerMessage(121, LogLevel.Warning, "Identity could not remove the tokens of a session of the scheme {Scheme}, which ended nevertheless ({Reason}).", EventName = "TokensNotRemoved")]
    public static partial void TokensNotRemoved(ILogger logger, string scheme, string reason);

    /// <summary>Logs the outcome of the revocation for a session that ended.</summary>
    /// <param name="logger">The logger.</param>
    /// <param name="scheme">The scheme.</param>
    /// <param name="failure">The reason of a failure, or <see langword="null"/>.</param>
    public static void RevocationEnded(ILogger logger, string scheme, string? failure)
    {
        if (failure is null)
        {
            Revoked(logger, scheme);
        }
        else
        {
            RevocationFailed(logger, scheme, failure);
        }
    }

    public static LogLevel LevelOf(BinanceFailure failure) => failure switch
    {
        BinanceFailure.InvalidClient or BinanceFailure.Unknown => LogLevel.Error,
        BinanceFailure.AccessDenied or BinanceFailure.InvalidCallback or BinanceFailure.InvalidState or BinanceFailure.CorrelationFailed
            => LogLevel.Information,
        _ => LogLevel.Warning,
    };
}
