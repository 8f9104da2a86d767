using System.Buffers.Text;
using System.Security.Cryptography;
using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Distinguishes the tickets of Binance schemes from others: one cookie may hold tickets of several providers. A callback marks
/// its ticket with the scheme, and the sign-in to a cookie with the id of the session that it begins.
/// </summary>
internal sealed class IssuedTickets(BinanceSchemes schemes)
{
    private const string SchemeItem = ".binance";

    // The name and the 48 random bits are short, because the cookie of every request contains them.
    private const string SessionItem = ".bn";
    private const int SessionIdBytes = 6;

    /// <summary>Marks a ticket as one of a scheme.</summary>
    public static void Mark(AuthenticationProperties properties, string scheme) => properties.Items[SchemeItem] = scheme;

    /// <summary>Gives a ticket the id of a new session.</summary>
    public static void BeginSession(AuthenticationProperties properties, string id) => properties.Items[SessionItem] = id;

    public static string NewSessionId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SessionIdBytes));

    /// <summary>Returns a value indicating whether a ticket has the marker. Tickets of earlier versions do not.</summary>
    public static bool IsMarked(AuthenticationProperties properties) => Text(properties, SchemeItem) is not null;

    /// <summary>Returns the session's id, the same from sign-in to sign-out, or <see langword="null"/> if no sign-in of ours began it.</summary>
    public static string? SessionId(AuthenticationProperties properties) => Text(properties, SessionItem);

    public static bool IsOf(AuthenticationProperties properties, string scheme) => RemoteSchemeOf(properties) == scheme;

    /// <summary>Returns the scheme that authenticated the user of a ticket, ours or another remote one, or <see langword="null"/> if none did.</summary>
    public static string? RemoteSchemeOf(AuthenticationProperties properties)
        => Text(properties, SchemeItem) ?? Text(properties, FrameworkNames.AuthSchemeItem);

    public IssuedTicket? Find(AuthenticationProperties properties) => SchemeOf(properties) is { } scheme ? Find(scheme) : null;

    public IssuedTicket? Find(string scheme) => schemes.Find(scheme) is { } options ? new(scheme, options) : null;

    // A ticket of an earlier version has its scheme in the framework's item only.
    private string? SchemeOf(AuthenticationProperties properties)
        => Text(properties, SchemeItem)
            ?? (Text(properties, FrameworkNames.AuthSchemeItem) is { } scheme && schemes.IsRegistered(scheme) ? scheme : null);

    private static string? Text(AuthenticationProperties properties, string item)
        => properties.GetString(item) is { Length: > 0 } value ? value : null;
}

/// <summary>The scheme that issued a ticket, and its options.</summary>
internal readonly record struct IssuedTicket(string Scheme, BinanceAuthenticationOptions Options)
{
    /// <summary>
    /// Returns a value indicating whether the end of a session in a cookie revokes its tokens. The sign-out of Identity's external cookie,
    /// which ends every external login, does not.
    /// </summary>
    public bool RevokesAtSignOut(string cookieScheme) => Options.RevokeOnSignOut && cookieScheme != IdentityConstants.ExternalScheme;
}

/// <summary>A session in a cookie, and the scheme that issued it.</summary>
internal sealed record IssuedSession(SessionKey? Key, AuthenticationProperties Properties, IssuedTicket Issued)
{
    /// <summary>Gets the session's id, if a sign-in of ours began it.</summary>
    public string? Id => Key?.Id ?? IssuedTickets.SessionId(Properties);

    /// <summary>Gets the ticket of a session on the server as it was stored at its end, if that is known. A request may have read an older one.</summary>
    public AuthenticationProperties? Stored { get; init; }

    /// <summary>Returns the session with other tokens.</summary>
    public IssuedSession With(BinanceTokens tokens)
    {
        var properties = Properties.Clone();
        StoredTokens.Store(properties, tokens, Issued.Options.Clock.GetUtcNow(), Issued.Options.RefreshBeforeExpiration);
        return this with { Properties = properties };
    }
}
