using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Diagnostics;

/// <summary>
/// Every log message. No argument is secret or identifies a user. The ids start at 201, because those of the handler start at 101.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(201, LogLevel.Information, "A user is signed in.", EventName = "SignedIn")]
    public static partial void SignedIn(ILogger logger);

    [LoggerMessage(202, LogLevel.Information, "A sign-in failed ({Failure}): {Reason}", EventName = "SignInFailed")]
    public static partial void SignInFailed(ILogger logger, BinanceFailure failure, string reason);

    [LoggerMessage(203, LogLevel.Debug, "The session's tokens are refreshed.", EventName = "Refreshed")]
    public static partial void Refreshed(ILogger logger);

    [LoggerMessage(204, LogLevel.Warning, "The session's tokens could not be refreshed ({Failure}): {Reason}", EventName = "RefreshFailed")]
    public static partial void RefreshFailed(ILogger logger, BinanceFailure failure, string reason);

    [LoggerMessage(205, LogLevel.Error, "The session's new tokens could not be stored. This is tried again at their next use: {Reason}", EventName = "TokensNotKept")]
    public static partial void TokensNotKept(ILogger logger, string reason);

    [LoggerMessage(206, LogLevel.Information, "The user is signed out.", EventName = "SignedOut")]
    public static partial void SignedOut(ILogger logger);

    [LoggerMessage(207, LogLevel.Warning, "An access token that is no longer needed could not be revoked: {Reason}", EventName = "RevocationFailed")]
    public static partial void RevocationFailed(ILogger logger, string reason);
}
