using System.Globalization;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The headers of a response that set a session's cookie.
/// </summary>
internal static class SetCookieHeaders
{
    /// <summary>Removes the headers of this response that set a cookie, so that there is one Set-Cookie header per name.</summary>
    public static void Withdraw(HttpContext context, CookieAuthenticationOptions options)
    {
        var headers = context.Response.Headers;
        var name = options.Cookie.Name!;
        var (isWritten, chunks) = (false, Chunks(context.Request.Cookies[name]));
        foreach (var value in headers.SetCookie)
        {
            if (value is not null && IsOf(value, name, chunks))
            {
                (isWritten, chunks) = (true, Math.Max(chunks, Chunks(value[(value.IndexOf('=', StringComparison.Ordinal) + 1)..].Split(';')[0])));
            }
        }

        if (isWritten)
        {
            Remove(headers, name, chunks);
        }
    }

    /// <summary>Returns a value indicating whether this response sets a cookie.</summary>
    public static bool IsWritten(IHeaderDictionary headers, string name) => headers.SetCookie.Any(value => IsOf(value, name, 0));

    // A shared cache that stores the response would give this session's cookie to others.
    public static void PreventCaching(IHeaderDictionary headers)
    {
        headers.CacheControl = "no-cache,no-store";
        headers.Pragma = "no-cache";
        headers.Expires = "Thu, 01 Jan 1970 00:00:00 GMT";
    }

    /// <summary>Returns the headers of this response that set a cookie.</summary>
    public static string?[] WrittenOf(IHeaderDictionary headers, string name)
        => [.. headers.SetCookie.Where(value => IsOf(value, name, int.MaxValue))];

    private static void Remove(IHeaderDictionary headers, string name, int chunks)
        => headers.SetCookie = headers.SetCookie.Where(value => !IsOf(value, name, chunks)).ToArray();

    // The cookie itself, or one of its chunks. The name of another cookie may start with the same characters.
    private static bool IsOf(string? setCookie, string name, int chunks)
        => setCookie is not null
            && setCookie.StartsWith(name, StringComparison.Ordinal)
            && setCookie.AsSpan(name.Length) is var rest
            && (rest is ['=', ..]
                || (rest is ['C', ..]
                    && rest[1..].IndexOf('=') is > 0 and var end
                    && int.TryParse(rest[1..(end + 1)], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number > 0
                    && number <= chunks));

    // The format of the framework's ChunkingCookieManager.
    private static int Chunks(string? value)
        => value?.StartsWith("chunks-", StringComparison.Ordinal) is true
            && int.TryParse(value.AsSpan("chunks-".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
}
