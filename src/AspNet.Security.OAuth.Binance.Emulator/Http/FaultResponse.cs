using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>The response of a fault that replaces the handling of the request.</summary>
internal static class FaultResponse
{
    /// <returns>The response, or <see langword="null"/> when the endpoint handles the request.</returns>
    public static EmulatorResponse? Create(EmulatorFault? fault) => fault?.Kind switch
    {
        EmulatorFaultKind.Status or EmulatorFaultKind.Body or EmulatorFaultKind.EndlessBody
            => new EmulatorResponse(fault.HttpStatus) { ContentType = fault.ContentType, Body = fault.Content },
        EmulatorFaultKind.ApiError => Envelope.Failure(200, fault.Error.Code, fault.Error.Message),
        EmulatorFaultKind.Redirect => EmulatorResponse.Redirect(307, fault.Location),
        EmulatorFaultKind.InvalidGrant => OAuthError.InvalidGrant(new("A fault of the emulator refuses this request.")),
        EmulatorFaultKind.FirewallChallenge => FirewallChallenge(),
        _ => null,
    };

    private static EmulatorResponse FirewallChallenge() => new EmulatorResponse(202)
    {
        ContentType = "text/html;charset=UTF-8",
        Body = "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>Human verification</title></head>\n<body><noscript>Enable JavaScript to go on.</noscript></body>\n</html>\n",
    }.With("x-amzn-waf-action", "challenge");
}
