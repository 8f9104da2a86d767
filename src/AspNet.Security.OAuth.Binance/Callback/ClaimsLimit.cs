using System.Security.Claims;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// The claims that a sign-in makes of user-info end up in the session's cookie, and servers refuse a request whose headers are too long
/// (431): the user could open no page of the site any more.
/// </summary>
internal static class ClaimsLimit
{
    private const int Bytes = 8 * 1024;

    // What a ticket holds of each claim besides its texts.
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
