using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// The cookie that binds a sign-in to the browser that started it (RFC 6749 section 10.12). Its name ends in an id, made of the time and 256
/// random bits, which is also in the state. The name is a secret: the base class's methods would log it.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="options">The options of the scheme.</param>
/// <param name="now">The time.</param>
internal readonly struct CorrelationCookie(HttpContext context, BinanceAuthenticationOptions options, DateTimeOffset now)
{
    private const string IdItem = ".binance.correlation";
    private const string Value = "N";
    private const int TimeBytes = 6;
    private const int IdBytes = TimeBytes + 32;

    // Unfinished sign-ins leave their cookies for 15 minutes. More of them would exceed the header size that proxies accept.
    private const int MostLive = 8;

    // Each deletion is a header of the response, and an attacker who can plant cookies can plant very many.
    private const int MostDeletions = 16;

    /// <summary>Writes the cookie of a new sign-in, and deletes the oldest of other sign-ins.</summary>
    public void Write(AuthenticationProperties properties)
    {
        DeleteOldest();
        var id = NewId();
        properties.Items[IdItem] = id;
        context.Response.Cookies.Append(options.CorrelationCookie.Name + id, Value, Attributes());
    }

    /// <summary>Deletes the cookie of a sign-in.</summary>
    /// <returns><see langword="true"/> if the request has the cookie, and the sign-in began in time.</returns>
    public bool Redeem(AuthenticationProperties properties)
    {
        if (!properties.Items.Remove(IdItem, out var id) || id is null)
        {
            return false;
        }

        var name = options.CorrelationCookie.Name + id;
        if (!context.Request.Cookies.TryGetValue(name, out var value))
        {
            return false;
        }

        Delete(name);

        // The time in the state decides: a browser may send a cookie that has expired.
        return value == Value && TryReadTime(id, out var begun) && IsLive(begun);
    }

    private string NewId()
    {
        Span<byte> id = stackalloc byte[IdBytes];
        Span<byte> time = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(time, now.ToUnixTimeMilliseconds());
        time[^TimeBytes..].CopyTo(id);
        RandomNumberGenerator.Fill(id[TimeBytes..]);
        return Base64Url.EncodeToString(id);
    }

    private static bool TryReadTime(ReadOnlySpan<char> id, out DateTimeOffset time)
    {
        time = default;
        Span<byte> bytes = stackalloc byte[IdBytes];
        if (id.Length != Base64Url.GetEncodedLength(IdBytes)
            || Base64Url.DecodeFromChars(id, bytes, out _, out var written) is not OperationStatus.Done
            || written != IdBytes)
        {
            return false;
        }

        Span<byte> milliseconds = stackalloc byte[sizeof(long)];
        milliseconds.Clear();
        bytes[..TimeBytes].CopyTo(milliseconds[^TimeBytes..]);
        var value = BinaryPrimitives.ReadInt64BigEndian(milliseconds);
        if (value > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return false;
        }

        time = DateTimeOffset.FromUnixTimeMilliseconds(value);
        return true;
    }

    // A time in the future comes from another process's clock, or from an attacker who can plant cookies.
    private bool IsLive(DateTimeOffset begun) => (now - begun).Duration() < options.RemoteAuthenticationTimeout;

    // Cookies of other providers have the same prefix, but no such id.
    private void DeleteOldest()
    {
        List<(DateTimeOffset Begun, string Name)>? found = null;
        var prefix = options.CorrelationCookie.Name ?? string.Empty;
        foreach (var (name, _) in context.Request.Cookies)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal) && TryReadTime(name.AsSpan(prefix.Length), out var begun))
            {
                (found ??= []).Add((begun, name));
            }
        }

        if (found is null)
        {
            return;
        }

        found.Sort();
        var deletions = 0;
        for (var i = 0; i < found.Count && deletions < MostDeletions; i++)
        {
            if (i <= found.Count - MostLive || !IsLive(found[i].Begun))
            {
                Delete(found[i].Name);
                deletions++;
            }
        }
    }

    private void Delete(string name)
    {
        var expired = Attributes();
        (expired.Expires, expired.MaxAge) = (DateTimeOffset.UnixEpoch, null);
        context.Response.Cookies.Append(name, string.Empty, expired);
    }

    // The base class's path is the callback's. A challenge elsewhere would not receive the cookies of other sign-ins.
    private CookieOptions Attributes()
    {
        var attributes = options.CorrelationCookie.Build(context, now);
        if (options.CorrelationCookie.Path is null)
        {
            var pathBase = context.Features.Get<IAuthenticationFeature>()?.OriginalPathBase ?? context.Request.PathBase;
            attributes.Path = pathBase.HasValue ? pathBase.ToString() : "/";
        }

        return attributes;
    }
}
