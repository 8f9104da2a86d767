using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>The redirect to the application (W3; RFC 6749 sections 4.1.2 and 4.1.2.1).</summary>
internal static class AuthorizeRedirect
{
    public static EmulatorResponse Code(int status, AuthorizeRequest request, string code)
        => Create(status, RedirectUri.Append(request.RedirectUri, "code", code), request.EncodedState);

    public static EmulatorResponse Denied(int status, AuthorizeRequest request)
        => Error(status, request.RedirectUri, request.EncodedState, "access_denied", "The user refused.");

    public static EmulatorResponse Error(int status, string redirectUri, string? encodedState, string error, EmulatorRefusal refusal)
        => Error(status, redirectUri, encodedState, error, refusal.Rule).Because(refusal);

    private static EmulatorResponse Error(int status, string redirectUri, string? encodedState, string error, string description)
        => Create(
            status,
            RedirectUri.Append(RedirectUri.Append(redirectUri, "error", error), "error_description", Uri.EscapeDataString(description)),
            encodedState);

    private static EmulatorResponse Create(int status, string location, string? encodedState)
        => EmulatorResponse.Redirect(status, encodedState is null ? location : RedirectUri.Append(location, "state", encodedState));
}
