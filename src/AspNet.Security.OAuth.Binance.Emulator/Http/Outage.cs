using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>The response when the token file cannot be written. The changes by the handler remain.</summary>
internal static class Outage
{
    public static EmulatorResponse Guard(Func<EmulatorResponse> handler, EmulatorEndpoint endpoint, ILogger logger)
    {
        try
        {
            return handler();
        }
        catch (IOException exception)
        {
            EmulatorLog.Failed(logger, endpoint, exception.Message);
            return EmulatorResponse.Text(500, exception.Message).Because(new(exception.Message));
        }
    }
}
