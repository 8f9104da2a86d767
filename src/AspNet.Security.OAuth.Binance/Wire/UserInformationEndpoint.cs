using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// User-info (W6). The only call that is made again when it fails: a GET that changes nothing.
/// </summary>
internal static class UserInformationEndpoint
{
    private const string Call = "user-info";
    private const int Attempts = 2;
    private const int LongestUserId = 256;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    /// <returns>The envelope, with a <c>data</c> that is an object with a user id. The caller disposes it.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<WireResult<JsonDocument>> GetAsync(
        BinanceAuthenticationOptions options, string accessToken, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = Backchannel.CreateRequest(HttpMethod.Get, options.UserInformationEndpoint);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
            var sent = await Backchannel.SendAsync(options, request, Call, options.BackchannelTimeout, cancellationToken);
            var result = Read(sent, accessToken);
            if (result.Failure?.Kind is not BinanceFailure.Unavailable || attempt == Attempts)
            {
                return result;
            }

            await Task.Delay(_pause, options.Clock(), cancellationToken);
        }
    }

    private static WireResult<JsonDocument> Read(WireResult<WireAnswer> sent, string accessToken)
    {
        if (!sent.Succeeded(out var answer, out var failure))
        {
            return failure;
        }

        var read = Envelope.Read(answer, Call, accessToken);
        if (read.Succeeded(out var envelope, out _) && Fault(envelope.RootElement) is { } fault)
        {
            envelope.Dispose();
            return new WireFailure(BinanceFailure.InvalidResponse, Call, fault) { StatusCode = answer.StatusCode };
        }

        return read;
    }

    private static string? Fault(JsonElement envelope)
    {
        if (!envelope.TryGetProperty("data"u8, out var data) || data.ValueKind is not JsonValueKind.Object)
        {
            return "data is not an object";
        }

        // The user id is whom the site takes the visitor for: an empty one, or one that is cut or mixed with other text, is nobody.
        if (!JsonFields.IsText(data, "userId"u8, IsIdentifier, LongestUserId))
        {
            return "userId is missing or is not an identifier";
        }

        return JsonFields.IsText(data, "email"u8, static _ => true) ? null : "email is not text";
    }

    private static bool IsIdentifier(string? userId)
        => !string.IsNullOrWhiteSpace(userId) && userId.Length <= LongestUserId && !userId.Any(char.IsControl);
}
