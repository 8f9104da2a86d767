using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>All log messages. None contains a query, a body or a header, because codes, tokens and secrets are in them.</summary>
internal static partial class EmulatorLog
{
    public const string Category = "AspNet.Security.OAuth.Binance.Emulator";

    [LoggerMessage(1, LogLevel.Information, "The Binance emulator is part of this application. It is not Binance: anybody on this machine can sign in as anybody.", EventName = "Mapped")]
    public static partial void Mapped(ILogger logger);

    [LoggerMessage(2, LogLevel.Debug, "{Endpoint} was answered with {Status}.", EventName = "Answered")]
    public static partial void Answered(ILogger logger, EmulatorEndpoint endpoint, int status);

    [LoggerMessage(3, LogLevel.Debug, "{Endpoint} met the fault {Fault}.", EventName = "Faulted")]
    public static partial void Faulted(ILogger logger, EmulatorEndpoint endpoint, string fault);

    [LoggerMessage(4, LogLevel.Warning, "A request was refused: it did not come from this machine, or called the emulator by another name than localhost, 127.0.0.1 or [::1].", EventName = "Refused")]
    public static partial void Refused(ILogger logger);
}
