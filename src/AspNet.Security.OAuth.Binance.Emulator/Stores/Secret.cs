using System.Security.Cryptography;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>Compares secrets, and shortens them for display.</summary>
internal static class Secret
{
    // Compares hashes in fixed time, so that a timing attack reveals neither the content nor the length of the secret.
    public static bool AreEqual(string left, string right) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(left)),
        SHA256.HashData(Encoding.UTF8.GetBytes(right)));

    // Enough to distinguish two values, and too little to use one.
    public static string Shorten(string value)
    {
        var length = Math.Min(8, value.Length / 3);
        return value.Length == 0 ? "" : $"{value[..(length > 0 && char.IsHighSurrogate(value[length - 1]) ? length - 1 : length)]}… ({value.Length} characters)";
    }

    /// <summary>Shortens an <c>Authorization</c> header to its scheme and the beginning of the credentials. Without a scheme the whole header may be a secret.</summary>
    public static string ShortenHeader(string header)
        => header.Split(' ', 2) is [{ Length: <= 20 } scheme, var value] && scheme.All(char.IsAsciiLetter) ? $"{scheme} {Shorten(value)}" : Shorten(header);
}
