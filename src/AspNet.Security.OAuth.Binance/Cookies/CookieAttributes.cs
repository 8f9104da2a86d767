using System.Globalization;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The attributes that a session's cookie was signed in with, kept in its ticket, so that it is rewritten and deleted with the same attributes:
/// another domain or path would make a second cookie. Only differences from the cookie's options are kept; most sites have none.
/// </summary>
internal static class CookieAttributes
{
    private const string Item = ".binance.cookie";
    private const char Separator = '\n';

    /// <summary>Keeps the attributes of a sign-in in its ticket.</summary>
    /// <param name="options">The cookie's options.</param>
    /// <param name="signedIn">The attributes of the sign-in.</param>
    /// <param name="built">The attributes that the cookie's options alone produce for this request.</param>
    /// <param name="properties">The ticket.</param>
    /// <param name="now">The time of the sign-in.</param>
    public static void Keep(CookieAuthenticationOptions options, CookieOptions signedIn, CookieOptions built, AuthenticationProperties properties, DateTimeOffset now)
    {
        List<string>? kept = null;
        Keep('P', signedIn.Path, DefaultPath(options));
        Keep('E', properties.IsPersistent ? null : signedIn.Expires?.ToString("o", CultureInfo.InvariantCulture), null);
        Keep('D', signedIn.Domain, built.Domain);
        Keep('S', Number((int)signedIn.SameSite), Number((int)built.SameSite));
        Keep('C', Flag(signedIn.Secure), Flag(built.Secure));
        Keep('H', Flag(signedIn.HttpOnly), Flag(built.HttpOnly));
        Keep('I', Flag(signedIn.IsEssential), Flag(built.IsEssential));
        Keep('M', Seconds(signedIn.MaxAge), Seconds(built.MaxAge));
        if (!signedIn.Extensions.SequenceEqual(built.Extensions))
        {
            (kept ??= []).AddRange(signedIn.Extensions.DefaultIfEmpty().Select(extension => "X" + extension));
        }

        // Max-Age counts from the sign-in, which is the ticket's issue time unless the application set another one.
        if (signedIn.MaxAge is not null && (now - properties.IssuedUtc)?.Duration() > TimeSpan.FromSeconds(1))
        {
            (kept ??= []).Add("W" + now.ToString("o", CultureInfo.InvariantCulture));
        }

        if (kept is not null)
        {
            properties.Items[Item] = string.Join(Separator, kept);
        }
        else
        {
            properties.Items.Remove(Item);
        }

        void Keep(char name, string? value, string? usual)
        {
            if (value != usual)
            {
                (kept ??= []).Add(name + value);
            }
        }
    }

    /// <summary>Gives the options of a cookie the attributes that it was signed in with, and what remains of its Max-Age.</summary>
    public static CookieOptions Restore(HttpContext context, CookieAuthenticationOptions options, AuthenticationProperties properties, DateTimeOffset now)
    {
        var cookie = options.Cookie.Build(context);
        cookie.Expires = properties.IsPersistent ? properties.ExpiresUtc?.ToUniversalTime() : null;
        RestorePlace(cookie, options, properties);
        var since = properties.IssuedUtc;
        foreach (var kept in Kept(properties))
        {
            var value = kept.Length > 1 ? kept[1..] : null;
            switch (kept[0])
            {
                case 'M':
                    cookie.MaxAge = value is null ? null : TimeSpan.FromSeconds(long.Parse(value, CultureInfo.InvariantCulture));
                    break;
                case 'E' when !properties.IsPersistent:
                    cookie.Expires = Time(value!);
                    break;
                case 'W':
                    since = Time(value!);
                    break;
            }
        }

        if (cookie.MaxAge is { } whole && since is { } start)
        {
            cookie.MaxAge = whole - (now - start);
        }

        return cookie;
    }

    /// <summary>Gives the options of a cookie the attributes that decide which cookie it is, for its deletion.</summary>
    public static void RestorePlace(CookieOptions cookie, CookieAuthenticationOptions options, AuthenticationProperties properties)
    {
        // A ticket without the marker does not tell the path: its cookie keeps the path of the request.
        if (IssuedTickets.IsMarked(properties))
        {
            cookie.Path = DefaultPath(options);
        }

        var hasExtensions = false;
        foreach (var kept in Kept(properties))
        {
            var value = kept.Length > 1 ? kept[1..] : null;
            switch (kept[0])
            {
                case 'P':
                    cookie.Path = value;
                    break;
                case 'D':
                    cookie.Domain = value;
                    break;
                case 'S':
                    cookie.SameSite = (SameSiteMode)int.Parse(value!, CultureInfo.InvariantCulture);
                    break;
                case 'C':
                    cookie.Secure = value == Flag(true);
                    break;
                case 'H':
                    cookie.HttpOnly = value == Flag(true);
                    break;
                case 'I':
                    cookie.IsEssential = value == Flag(true);
                    break;
                case 'X':
                    if (!hasExtensions)
                    {
                        hasExtensions = true;
                        cookie.Extensions.Clear();
                    }

                    if (value is not null)
                    {
                        cookie.Extensions.Add(value);
                    }

                    break;
            }
        }
    }

    /// <summary>Restarts the cookie's Max-Age, with the ticket's times, when the cookie slides.</summary>
    public static void Slide(AuthenticationProperties properties)
    {
        if (Kept(properties) is { Length: > 0 } kept && Array.Exists(kept, static part => part[0] is 'W'))
        {
            properties.Items[Item] = string.Join(Separator, kept.Where(static part => part[0] is not 'W'));
        }
    }

    // The framework's default is the path base of the request, which may differ in the next one.
    private static string DefaultPath(CookieAuthenticationOptions options) => options.Cookie.Path ?? "/";

    private static string[] Kept(AuthenticationProperties properties)
        => properties.GetString(Item)?.Split(Separator, StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static string? Flag(bool value) => value ? "1" : null;

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string? Seconds(TimeSpan? value) => value is { } time ? Number((int)time.TotalSeconds) : null;

    private static DateTimeOffset Time(string value) => DateTimeOffset.ParseExact(value, "o", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
