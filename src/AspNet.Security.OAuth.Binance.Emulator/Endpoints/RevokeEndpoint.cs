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
            return Envelope.Failure(405, BinanceEmulatorDefaults.MethodNotAllowedCode, new EmulatorRefusal("revoke-token accepts POST alone.", "POST", call.Method)).With("Allow", "POST");
        }

        if (bearer.Authenticate(call, out var refusal) is not { } token)
        {
            return refusal!;
        }

        if (call.Body.Length > 0)
        {
            return Envelope.Failure(400, BinanceEmulatorDefaults.InvalidRequestCode, new EmulatorRefusal("revoke-token accepts no body.", "no body", $"{call.Body.Length} characters"));
        }

        // Only the first of concurrent requests with one token succeeds.
        return tokens.RevokeAccess(token.Value, "Revoked by the application")
            ? Envelope.Success(true)
            : BearerAuthentication.Refuse(new("The access token was revoked by a concurrent request."));
    }
}
