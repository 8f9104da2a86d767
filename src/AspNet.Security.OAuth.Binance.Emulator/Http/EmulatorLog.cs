using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>All log messages. None contains a query, a body or a header, because codes, tokens and secrets are in them.</summary>
internal static partial class EmulatorLog
{
    public const string Category = "AspNet.Security.OAuth.Binance.Emulator";

    [LoggerMessage(1, LogLevel.Information, "The Binance emulator is part of this application. It is not Binance: everyone on this machine can sign in as any account.", EventName = "Mapped")]
    public static partial void Mapped(ILogger logger);

    [LoggerMessage(2, LogLevel.Debug, "{Endpoint} responded with {Status}.", EventName = "Responded")]
    public static partial void Responded(ILogger logger, EmulatorEndpoint endpoint, int status);

    [LoggerMessage(3, LogLevel.Debug, "The fault {Fault} was applied to {Endpoint}.", EventName = "Faulted")]
    public static partial void Faulted(ILogger logger, EmulatorEndpoint endpoint, string fault);

    [LoggerMessage(4, LogLevel.Warning, "{Endpoint} was refused with {Status}: because of the sender of the request, the page that sent it, or a missing control key. The response in the journal has the reason.", EventName = "Refused")]
    public static partial void Refused(ILogger logger, EmulatorEndpoint endpoint, int status);

    [LoggerMessage(5, LogLevel.Information, "{Endpoint} was refused with {Status}: {Rule}", EventName = "Rejected")]
    public static partial void Rejected(ILogger logger, EmulatorEndpoint endpoint, int status, string rule);

    [LoggerMessage(6, LogLevel.Warning, "{Endpoint} failed: {Reason}", EventName = "Failed")]
    public static partial void Failed(ILogger logger, EmulatorEndpoint endpoint, string reason);
}
