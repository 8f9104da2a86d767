using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// The names of sessions: the key in a cookie, and the ids that are derived from it for the cache.
/// </summary>
internal static class SessionName
{
    private const char Separator = '.';
    private const int SecretBytes = 16;
    private const int IdBytes = 16;
    private const int UserBytes = 12;

    /// <summary>Creates a key from a secret and the user, so that the entries of both can be read at the same time.</summary>
    public static string KeyOf(string secret, string? user) => user is null ? secret : secret + Separator + user;

    /// <summary>Creates the secret part of a key.</summary>
    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>Creates the secret part of the key of a session that a callback begins. It is the same for all deliveries of the callback.</summary>
    public static string SecretOf(string sessionId, string accessToken) => Hash($"{sessionId}\n{accessToken}", SecretBytes);

    /// <summary>Returns the user of a key, if it has one.</summary>
    public static string? UserOf(string key) => key.IndexOf(Separator, StringComparison.Ordinal) is >= 0 and var at ? key[(at + 1)..] : null;

    /// <summary>Returns the id of a session, from which the key cannot be derived.</summary>
    public static string IdOf(string cookieScheme, string key) => Hash($"{cookieScheme}\n{key}", IdBytes);

    /// <summary>Returns the name of a user, which differs between schemes, and between applications on one cache.</summary>
    public static string UserOf(string? application, string scheme, string userId) => Hash($"{application}\n{scheme}\n{userId}", UserBytes);

    /// <summary>Returns the id that the scheme of a sign-in gave the user.</summary>
    public static string? UserIdOf(ClaimsPrincipal principal) => principal.FindFirstValue(ClaimTypes.NameIdentifier) is { Length: > 0 } id ? id : null;

    /// <summary>Returns the scheme that authenticated the user of a ticket.</summary>
    public static string SchemeOf(AuthenticationTicket ticket, string cookieScheme) => IssuedTickets.RemoteSchemeOf(ticket.Properties) ?? cookieScheme;

    private static string Hash(string text, int length) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, length));
}
