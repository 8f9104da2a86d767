using System.Text;
using AspNet.Security.OAuth.Binance.Cookies;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// The cookie of a session on the server: its protected key only. The framework's format is not used, because a process without
/// sessions on the server would accept the key's ticket as a user.
/// </summary>
internal sealed class SessionKeyFormat(string cookieScheme, CookieAuthenticationOptions options, IDataProtectionProvider protection) : ISecureDataFormat<AuthenticationTicket>
{
    private readonly IDataProtector _protector = protection.CreateProtector("AspNet.Security.OAuth.Binance.Sessions", cookieScheme, "key", "v1");

    public string Protect(AuthenticationTicket data) => Protect(data, null);

    public string Protect(AuthenticationTicket data, string? purpose)
        => WebEncoders.Base64UrlEncode(ProtectorOf(purpose).Protect(Encoding.UTF8.GetBytes(SessionCookieReader.KeyOf(data) ?? string.Empty)));

    public AuthenticationTicket? Unprotect(string? protectedText) => Unprotect(protectedText, null);

    public AuthenticationTicket? Unprotect(string? protectedText, string? purpose)
    {
        try
        {
            return protectedText is not null
                && Encoding.UTF8.GetString(ProtectorOf(purpose).Unprotect(WebEncoders.Base64UrlDecode(protectedText))) is { Length: > 0 } key
                    ? SessionCookieReader.TicketOf(key, cookieScheme, options)
                    : null;
        }
        catch (Exception)
        {
            // The cookie is not valid. The framework's format returns null as well.
            return null;
        }
    }

    private IDataProtector ProtectorOf(string? purpose) => purpose is null ? _protector : _protector.CreateProtector(purpose);
}
