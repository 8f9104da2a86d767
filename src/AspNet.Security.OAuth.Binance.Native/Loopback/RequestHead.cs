using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Loopback;

/// <summary>
/// The head of an HTTP request: the request line and the headers.
/// </summary>
internal sealed class RequestHead
{
    private const string Controls = "\0\u0001\u0002\u0003\u0004\u0005\u0006\a\b\n\v\f\r\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F\u007F";

    // RFC 9110 section 5.6.2.
    private static readonly SearchValues<char> _token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // The characters that RFC 9110 section 5.5 forbids in a value. A tab is allowed.
    private static readonly SearchValues<char> _controls = SearchValues.Create(Controls);

    // Sec-Purpose: the Fetch standard. Purpose: its predecessor in Chromium and Safari. X-Purpose: Safari. X-Moz: Firefox.
    private static readonly string[] _purposeHeaders = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"];

    private readonly List<(string Name, string Value)> _headers;

    private RequestHead(string method, string target, List<(string Name, string Value)> headers)
    {
        (Method, Target, _headers) = (method, target, headers);
        Path = target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? target[..query] : target;
    }

    public string Method { get; }

    /// <summary>Gets the path and the query, as they were sent.</summary>
    public string Target { get; }

    /// <summary>Gets the path, as it was sent.</summary>
    public string Path { get; }

    /// <summary>Gets a value indicating whether the browser prefetches the page, before the user opens it.</summary>
    public bool IsPrefetch => Array.Exists(_purposeHeaders, name => HasPurpose(this[name]));

    /// <summary>Gets a value indicating whether the response is for a top-level window, and not for an image, script or frame of a page, if the browser sends Fetch Metadata.</summary>
    public bool IsForWindow => this["Sec-Fetch-Mode"] is null or "navigate" && this["Sec-Fetch-Dest"] is null or "document";

    /// <summary>Gets the values of a header, joined by commas, or <see langword="null"/>. A repeated single-value header thereby equals no valid value.</summary>
    public string? this[string name]
    {
        get
        {
            var values = _headers.FindAll(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            return values is [] ? null : string.Join(", ", values.Select(static header => header.Value));
        }
    }

    /// <summary>Parses a head (RFC 9112), strictly, because only browsers send requests here.</summary>
    /// <param name="head">The head, without the empty line that ends it.</param>
    /// <param name="request">The parsed head.</param>
    public static bool TryParse(ReadOnlySpan<byte> head, [NotNullWhen(true)] out RequestHead? request)
    {
        request = null;
        var lines = Encoding.Latin1.GetString(head).Split("\r\n");
        if (lines[0].Split(' ') is not [{ Length: > 0 } method, ['/', ..] target, "HTTP/1.1" or "HTTP/1.0"]
            || method.AsSpan().ContainsAnyExcept(_token)
            || target.AsSpan().ContainsAnyExceptInRange('!', '~')
            || target.Contains('#', StringComparison.Ordinal))
        {
            return false;
        }

        List<(string, string)> headers = new(lines.Length - 1);
        foreach (var line in lines.AsSpan(1))
        {
            // Also refused: a name followed by a space, and a line that continues the previous one (section 5).
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAnyExcept(_token) || line.AsSpan(colon).ContainsAny(_controls))
            {
                return false;
            }

            headers.Add((line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
        }

        request = new(method, target, headers);
        return true;
    }

    // The header is a list of tokens with parameters: prefetch;prerender.
    private static bool HasPurpose(string? value)
    {
        foreach (var range in value.AsSpan().SplitAny(';', ','))
        {
            if (value.AsSpan(range).Trim() is var purpose
                && (purpose.Equals("prefetch", StringComparison.OrdinalIgnoreCase) || purpose.Equals("preview", StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }
}
