using System.Security.Cryptography;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// One refresh token of one scheme: what can be spent only once.
/// </summary>
internal readonly record struct RefreshKey(string Scheme, string RefreshToken)
{
    /// <summary>The key's name outside of this process: a hash, from which nobody gets the token back.</summary>
    public string SharedName()
        => "AspNet.Security.OAuth.Binance:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Scheme + '\n' + RefreshToken)));

    /// <summary>The lock's name. One store may hold both, so it is another name.</summary>
    public string LockName() => SharedName() + ":lock";

    public override string ToString() => Scheme;
}
