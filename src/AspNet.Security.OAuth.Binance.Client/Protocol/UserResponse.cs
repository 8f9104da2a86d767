using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// The response of user information (W6).
/// </summary>
internal static class UserResponse
{
    public const string Call = "user-info";

    private const int LongestUserId = 256;

    /// <exception cref="BinanceAuthenticationException">The call did not succeed, or the response names no user.</exception>
    public static BinanceUser Read(BinanceResponse response, string accessToken)
    {
        var data = Envelope.Read(response, Call, accessToken);
        if (data.ValueKind is not JsonValueKind.Object)
        {
            throw Wrong("data is not an object");
        }

        // The user id decides whom the application takes the visitor for: an empty one, or one with control characters, is nobody.
        if (!JsonFields.TryText(data, "userId"u8, out var userId) || !IsIdentifier(userId))
        {
            throw Wrong("userId is missing or is not an identifier");
        }

        return JsonFields.TryText(data, "email"u8, out var email)
            ? new() { UserId = userId!, Email = string.IsNullOrEmpty(email) ? null : email, Raw = data }
            : throw Wrong("email is not text");

        BinanceAuthenticationException Wrong(string reason) => Failures.Of(BinanceFailure.InvalidResponse, Call, reason, response.StatusCode);
    }

    private static bool IsIdentifier(string? userId)
        => !string.IsNullOrWhiteSpace(userId) && userId.Length <= LongestUserId && !userId.Any(char.IsControl);
}
