using System.Security.Claims;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// Limits the claims that a sign-in makes from user-info. They are stored in the session's cookie, and servers refuse requests whose headers are too long
/// (431), so that the user could not open any page of the site.
/// </summary>
internal static class ClaimsLimit
{
    private const int Bytes = 8 * 1024;

    // What a ticket stores for each claim besides its strings.
    private const int Overhead = 12;

    /// <exception cref="BinanceAuthenticationException">The claims are too long.</exception>
    public static void Check(ClaimsIdentity identity)
    {
        var bytes = 0;
        foreach (var claim in identity.Claims)
        {
            bytes += Overhead + Encoding.UTF8.GetByteCount(claim.Type) + Encoding.UTF8.GetByteCount(claim.Value) + Encoding.UTF8.GetByteCount(claim.Issuer);
            if (claim.ValueType != ClaimValueTypes.String)
            {
                bytes += Encoding.UTF8.GetByteCount(claim.ValueType);
            }
        }

        if (bytes > Bytes)
        {
            throw new BinanceAuthenticationException(BinanceFailure.InvalidResponse, "Binance's user-info: the claims made of it are longer than 8 KiB.");
        }
    }
}
