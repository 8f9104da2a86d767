using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Everything that the provider logs. The level says whose matter it is: an error the operator's, a warning Binance's or the
/// network's, information the user's own choice or somebody's bad link. Nothing secret is ever an argument.
/// The ids begin at 101, because the framework's own messages of the same category have the small ones.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(101, LogLevel.Debug, "The scheme {Scheme} sends the browser to Binance.", EventName = "Challenged")]
    public static partial void Challenged(ILogger logger, string scheme);

    [LoggerMessage(EventId = 102, EventName = "SignInFailed", Message = "A sign-in with the scheme {Scheme} failed ({Failure}): {Reason}")]
    public static partial void SignInFailed(ILogger logger, LogLevel level, Exception? exception, string scheme, BinanceFailure failure, string reason);

    [LoggerMessage(103, LogLevel.Information, "The scheme {Scheme} revoked the access token of a session that ended.", EventName = "Revoked")]
    public static partial void Revoked(ILogger logger, string scheme);

    [LoggerMessage(104, LogLevel.Warning, "The scheme {Scheme} could not revoke an access token; the user is signed out all the same: {Reason}", EventName = "RevocationFailed")]
    public static partial void RevocationFailed(ILogger logger, string scheme, string reason);

    [LoggerMessage(105, LogLevel.Debug, "The scheme {Scheme} refreshed a session's tokens.", EventName = "Refreshed")]
    public static partial void Refreshed(ILogger logger, string scheme);

    [LoggerMessage(EventId = 106, EventName = "RefreshFailed", Message = "The scheme {Scheme} could not refresh a session's tokens ({Failure}): {Reason}")]
    public static partial void RefreshFailed(ILogger logger, LogLevel level, string scheme, BinanceFailure failure, string reason);

    [LoggerMessage(107, LogLevel.Warning, "The distributed lock or cache failed; this process goes on alone with a refresh of the scheme {Scheme}.", EventName = "FarmUnavailable")]
    public static partial void FarmUnavailable(ILogger logger, Exception exception, string scheme);

    public static LogLevel LevelOf(BinanceFailure failure) => failure switch
    {
        BinanceFailure.InvalidClient or BinanceFailure.Unknown => LogLevel.Error,
        BinanceFailure.AccessDenied or BinanceFailure.InvalidCallback or BinanceFailure.InvalidState or BinanceFailure.CorrelationFailed
            => LogLevel.Information,
        _ => LogLevel.Warning,
    };
}
