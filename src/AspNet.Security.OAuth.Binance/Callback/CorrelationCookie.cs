using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// The cookie that binds a sign-in to the browser that started it (RFC 6749 section 10.12). Its name ends in a random id, which the
/// state carries. The name is a secret: the base class's methods would log it.
/// </summary>
internal static class CorrelationCookie
{
    private const string IdItem = ".binance.correlation";
    private const string Value = "N";
    private const int IdBytes = 32;

    public static void Write(HttpContext context, CookieBuilder builder, AuthenticationProperties properties, DateTimeOffset now)
    {
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes));
        properties.Items[IdItem] = id;
        context.Response.Cookies.Append(builder.Name + id, Value, builder.Build(context, now));
    }

    /// <summary>Deletes the cookie of a sign-in.</summary>
    /// <returns><see langword="true"/> if the request has the cookie.</returns>
    public static bool Redeem(HttpContext context, CookieBuilder builder, AuthenticationProperties properties, DateTimeOffset now)
    {
        if (!properties.Items.Remove(IdItem, out var id) || string.IsNullOrEmpty(id))
        {
            return false;
        }

        var name = builder.Name + id;
        if (!context.Request.Cookies.TryGetValue(name, out var value))
        {
            return false;
        }

        var expired = builder.Build(context, now);
        (expired.Expires, expired.MaxAge) = (DateTimeOffset.UnixEpoch, null);
        context.Response.Cookies.Append(name, string.Empty, expired);
        return value == Value;
    }
}
