using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// The response of a revocation (W7).
/// </summary>
internal static class RevocationResponse
{
    public const string Call = "revocation";

    /// <exception cref="BinanceAuthenticationException">The call did not succeed, or <c>data</c> does not confirm the revocation.</exception>
    public static void Check(BinanceResponse response, string accessToken)
    {
        if (Envelope.Read(response, Call, accessToken).ValueKind is not JsonValueKind.True)
        {
            throw Failures.Of(BinanceFailure.ApiError, Call, "data does not confirm that the token is revoked", response.StatusCode);
        }
    }
}
