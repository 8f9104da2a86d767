using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>PKCE (RFC 7636) with S256, the only method that Binance documents (W1).</summary>
internal static class ProofKey
{
    private static readonly SearchValues<char> _base64Url =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly SearchValues<char> _unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <summary>RFC 7636 section 4.2. A SHA-256 hash is 43 characters; the syntax allows up to 128.</summary>
    public static bool IsChallenge(string value) => value.Length is >= 43 and <= 128 && !value.AsSpan().ContainsAnyExcept(_base64Url);

    /// <summary>RFC 7636 section 4.1.</summary>
    public static bool IsVerifier(string value) => value.Length is >= 43 and <= 128 && !value.AsSpan().ContainsAnyExcept(_unreserved);

    public static bool Matches(string verifier, string challenge)
        => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(ChallengeOf(verifier)), Encoding.ASCII.GetBytes(challenge));

    public static string ChallengeOf(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}
