using System.Net;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>A client's id and secret in HTTP Basic (RFC 7617), each encoded as a form is (RFC 6749 section 2.3.1).</summary>
/// <param name="Id">The client's id.</param>
/// <param name="Secret">Its secret; <see langword="null"/> when it is empty.</param>
internal sealed record BasicCredentials(string Id, string? Secret)
{
    private const string Scheme = "Basic ";

    /// <returns>The credentials, or <see langword="null"/> when the header has none.</returns>
    public static BasicCredentials? Parse(string header)
    {
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var encoded = header.AsSpan(Scheme.Length).Trim();
        var decoded = new byte[encoded.Length];
        return Convert.TryFromBase64Chars(encoded, decoded, out var length)
            && Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2) is [var id, var secret]
                ? new(WebUtility.UrlDecode(id), secret.Length == 0 ? null : WebUtility.UrlDecode(secret))
                : null;
    }
}
