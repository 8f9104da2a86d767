using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AspNet.Security.OAuth.Binance.NativeProcess;

/// <summary>
/// The commands of the program, and functions that it shares with its tests.
/// </summary>
public static class Commands
{
    /// <summary>Acquires the lock of the store at a path, and holds it.</summary>
    public const string Lock = "lock";

    /// <summary>The output after the lock was acquired.</summary>
    public const string Locked = "locked";

    /// <summary>The output before the wait for the lock.</summary>
    public const string Locking = "locking";

    /// <summary>Opens an address in the system's browser: address, what to do without a browser. A further line ends the sign-in.</summary>
    public const string Open = "open";

    /// <summary>Prints the path of an application's store.</summary>
    public const string Path = "path";

    /// <summary>Signs out: path, server, client id.</summary>
    public const string SignOut = "sign-out";

    /// <summary>Gets the access token: path, server, client id.</summary>
    public const string Token = "token";

    /// <summary>Writes one session after the other into the store at a path.</summary>
    public const string Write = "write";

    /// <summary>Gets the hash of a token, which the program prints instead of the token.</summary>
    public static string Fingerprint(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Gets a session that <see cref="Write"/> writes: large, so that a write takes long, and each with another length.</summary>
    public static string SessionOf(int number) => number.ToString(CultureInfo.InvariantCulture) + ' ' + new string('ß', 50_000 + (number % 100 * 1000));
}
