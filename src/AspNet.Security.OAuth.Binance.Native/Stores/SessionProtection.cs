using System.Security.Cryptography;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Stores;

/// <summary>
/// Encrypts a session where the system supports it without user interaction: on Windows, by DPAPI.
/// </summary>
internal static class SessionProtection
{
    /// <summary>Gets the name of this system's protection, for the header of the file.</summary>
    public static string Name => OperatingSystem.IsWindows() ? "dpapi" : "plain";

    public static byte[] Protect(byte[] text) => OperatingSystem.IsWindows()
        ? Encoding.ASCII.GetBytes(Convert.ToBase64String(ProtectedData.Protect(text, optionalEntropy: null, DataProtectionScope.CurrentUser)))
        : text;

    /// <exception cref="CryptographicException">It was protected by another user, or on another machine.</exception>
    /// <exception cref="FormatException">The payload is not what <see cref="Protect"/> returns.</exception>
    public static byte[] Unprotect(byte[] payload) => OperatingSystem.IsWindows()
        ? ProtectedData.Unprotect(Convert.FromBase64String(Encoding.ASCII.GetString(payload)), optionalEntropy: null, DataProtectionScope.CurrentUser)
        : payload;
}
