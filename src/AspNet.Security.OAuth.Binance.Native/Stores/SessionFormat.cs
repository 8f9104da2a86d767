using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Stores;

/// <summary>
/// The content of a session file: one line with the format's name, its version, how the payload is protected and the payload's SHA-256, and the payload.
/// The hash detects a file that was cut or changed by accident. It does not protect against an attacker, who can compute it.
/// </summary>
internal static class SessionFormat
{
    private const string Format = "AspNet.Security.OAuth.Binance/session ";
    private const int Version = 1;
    private const int LongestHeader = 256;

    // Strict, so that a text that could not be read back is refused when it is written.
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] Encode(string session)
    {
        var payload = SessionProtection.Protect(_strict.GetBytes(session));
        return [.. Encoding.ASCII.GetBytes($"{Format}{Version} {SessionProtection.Name} {Hash(payload)}\n"), .. payload];
    }

    /// <param name="path">The file, for the messages.</param>
    /// <param name="content">Its content.</param>
    public static string Decode(string path, byte[] content)
    {
        var end = Array.IndexOf(content, (byte)'\n');
        var header = Encoding.ASCII.GetString(content.AsSpan(0, Math.Min(end < 0 ? content.Length : end, LongestHeader)));
        if (!header.StartsWith(Format, StringComparison.Ordinal))
        {
            // A file that was cut within the header has the beginning of the format's name.
            throw end < 0 && Format.StartsWith(header, StringComparison.Ordinal) ? StoreFailures.Broken(path) : StoreFailures.Foreign(path);
        }

        var fields = header[Format.Length..].Split(' ');
        if (int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > Version)
        {
            throw StoreFailures.Newer(path);
        }

        var payload = content[(end + 1)..];
        if (end < 0 || header != $"{Format}{Version} {fields.ElementAtOrDefault(1)} {Hash(payload)}")
        {
            throw StoreFailures.Broken(path);
        }

        if (fields[1] != SessionProtection.Name)
        {
            throw StoreFailures.OtherSystem(path);
        }

        try
        {
            return _strict.GetString(SessionProtection.Unprotect(payload));
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or ArgumentException)
        {
            // Without the cause, because the message of an ArgumentException quotes the payload.
            throw StoreFailures.Unreadable(path);
        }
    }

    private static string Hash(byte[] payload) => Convert.ToHexStringLower(SHA256.HashData(payload));
}
