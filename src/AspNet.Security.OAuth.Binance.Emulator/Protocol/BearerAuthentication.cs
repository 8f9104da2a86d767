using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>Reads the access token from the <c>Authorization</c> header and nowhere else (W6, W7; RFC 6750 section 2.1).</summary>
internal sealed class BearerAuthentication(TokenStore tokens)
{
    private const string Scheme = "Bearer ";

    /// <returns>The token, or <see langword="null"/> with the response that refuses the call.</returns>
    public EmulatorToken? Authenticate(EmulatorCall call, out EmulatorResponse refusal)
    {
        // A token in a URL gets into logs and browser histories (RFC 6750 section 5.3).
        if (call.Query.Contains("access_token") || call.Form.Contains("access_token"))
        {
            refusal = Envelope.Failure(400, BinanceEmulatorDefaults.InvalidRequestCode, "The access token belongs in the Authorization header, not in the query or the body.");
            return null;
        }

        if (call.Authorization is not { } header || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            refusal = Unauthorized("There is no access token: send Authorization: Bearer <access token>.", "Bearer");
            return null;
        }

        refusal = Unauthorized("The access token is unknown, expired or revoked.", "Bearer error=\"invalid_token\"");
        return tokens.FindAccess(header[Scheme.Length..]);
    }

    private static EmulatorResponse Unauthorized(string message, string challenge)
        => Envelope.Failure(401, BinanceEmulatorDefaults.InvalidTokenCode, message).With("WWW-Authenticate", challenge);
}
