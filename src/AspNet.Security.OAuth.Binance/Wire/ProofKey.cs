using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// The proof key of a sign-in (RFC 7636 section 4).
/// </summary>
internal static class ProofKey
{
    private const int Entropy = 32;

    /// <summary>A verifier of 43 characters: what section 4.1 recommends.</summary>
    public static string NewVerifier()
    {
        Span<byte> random = stackalloc byte[Entropy];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }

    public static string ChallengeOf(string verifier)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(verifier), hash);
        return Base64Url.EncodeToString(hash);
    }
}
