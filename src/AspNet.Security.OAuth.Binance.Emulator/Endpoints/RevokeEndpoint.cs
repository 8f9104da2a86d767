using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Endpoints;

/// <summary><c>POST /oauth-api/v1/revoke-token</c> (W7).</summary>
internal sealed class RevokeEndpoint(BearerAuthentication bearer, TokenStore tokens)
{
    public EmulatorResponse Handle(EmulatorCall call)
    {
        if (!call.Is("POST"))
        {
            return Envelope.Failure(405, BinanceEmulatorDefaults.MethodNotAllowedCode, new EmulatorRefusal("revoke-token is a POST.", "POST", call.Method)).With("Allow", "POST");
        }

        if (bearer.Authenticate(call, out var refusal) is not { } token)
        {
            return refusal!;
        }

        if (call.Body.Length > 0)
        {
            return Envelope.Failure(400, BinanceEmulatorDefaults.InvalidRequestCode, new EmulatorRefusal("revoke-token takes no body.", "no body", $"{call.Body.Length} characters"));
        }

        // Of several calls with one token only the first finds it alive.
        return tokens.RevokeAccess(token.Value, "Revoked by the application")
            ? Envelope.Success(true)
            : BearerAuthentication.Refuse(new("The access token was revoked at this moment."));
    }
}
