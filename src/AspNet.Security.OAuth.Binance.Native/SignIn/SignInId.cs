using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AspNet.Security.OAuth.Binance.SignIn;

/// <summary>
/// The id of a sign-in: a hash of its state, which is not stored itself.
/// </summary>
internal static class SignInId
{
    public static string Of(string state) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(state)));
}
