using System.Security.Cryptography;

namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>Unguessable values in the formats of Binance's documents (W3, W4).</summary>
internal static class RandomValue
{
    public static string Code() => RandomNumberGenerator.GetHexString(40, lowercase: true);

    public static bool IsCode(string value) => value.Length == 40 && value.All(char.IsAsciiHexDigitLower);

    public static bool IsToken(string value) => Guid.TryParseExact(value, "D", out _);

    public static string ConsentId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    public static string GrantId() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    // Not Guid.NewGuid: its 122 bits are documented as unique, not as unguessable (RFC 6749 section 10.10).
    public static string Token() => new Guid(RandomNumberGenerator.GetBytes(16)).ToString();
}
