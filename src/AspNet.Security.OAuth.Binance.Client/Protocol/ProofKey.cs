using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// The proof key of an authorization request (RFC 7636 section 4).
/// </summary>
internal static class ProofKey
{
    /// <summary>256 random bits in 43 characters: what section 4.1 recommends for a verifier, and enough for a state.</summary>
    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string ChallengeOf(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}
