using System.Net.Http.Headers;
using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// Revocation (W7): the bearer header alone, no body; <c>data</c> says whether the token is gone.
/// </summary>
internal static class RevocationEndpoint
{
    private const string Call = "revocation";

    /// <returns>The failure, or <see langword="null"/> if the token is gone.</returns>
    public static async Task<WireFailure?> RevokeAsync(
        BinanceAuthenticationOptions options, string accessToken, CancellationToken cancellationToken)
    {
        using var request = Backchannel.CreateRequest(HttpMethod.Post, options.RevocationEndpoint);

        // Empty, and not absent, which is the same on the wire (RFC 9110 section 8.6): HttpClient sends a request without content up to
        // four times when its connection breaks, by itself.
        request.Content = new ByteArrayContent([]);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        var sent = await Backchannel.SendAsync(options, request, Call, options.RevocationTimeout, cancellationToken);
        if (!sent.Succeeded(out var answer, out var failure))
        {
            return failure;
        }

        var read = Envelope.Read(answer, Call, accessToken);
        if (!read.Succeeded(out var envelope, out failure))
        {
            return failure;
        }

        using (envelope)
        {
            return envelope.RootElement.TryGetProperty("data"u8, out var data) && data.ValueKind is JsonValueKind.True
                ? null
                : new WireFailure(BinanceFailure.ApiError, Call, "data does not say that the token is gone") { StatusCode = answer.StatusCode };
        }
    }
}
