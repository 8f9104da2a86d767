using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// The response of user information (W6).
/// </summary>
internal static class UserResponse
{
    public const string Call = "user-info";

    private const int LongestUserId = 256;

    // RFC 5321 section 4.5.3.1: 64 characters, an at sign, 255 characters.
    private const int LongestEmail = 320;

    /// <exception cref="BinanceAuthenticationException">The call did not succeed, or the response names no user.</exception>
    public static BinanceUser Read(BinanceResponse response, string accessToken)
    {
        var data = Envelope.Read(response, Call, accessToken);
        if (data.ValueKind is not JsonValueKind.Object)
        {
            throw Wrong("data is not an object");
        }

        // The user id identifies the user to the application. One with spaces, invisible or full-width characters could be
        // shown, stored or compared as that of another user.
        if (!JsonFields.TryText(data, "userId"u8, out var userId) || !IsIdentifier(userId))
        {
            throw Wrong("userId is missing or is not an identifier");
        }

        return JsonFields.TryText(data, "email"u8, out var email) && email is not { Length: > LongestEmail }
            ? new() { UserId = userId!, Email = string.IsNullOrEmpty(email) ? null : email, Raw = data }
            : throw Wrong("email is not text, or is too long");

        BinanceAuthenticationException Wrong(string reason) => Failures.Of(BinanceFailure.InvalidResponse, Call, reason, response.StatusCode);
    }

    private static bool IsIdentifier(string? userId)
        => userId is { Length: > 0 and <= LongestUserId } && !userId.AsSpan().ContainsAnyExceptInRange('!', '~');
}
