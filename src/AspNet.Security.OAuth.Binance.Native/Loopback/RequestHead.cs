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

    // What RFC 9110 section 5.5 forbids in a value. A tab is allowed.
    private static readonly SearchValues<char> _controls = SearchValues.Create(Controls);

    // The first two are of the Fetch standard and its predecessor in Chromium and Safari; the others of Safari and of Firefox.
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

    /// <summary>Gets a value indicating whether nobody has opened the page yet.</summary>
    public bool IsPrefetch => Array.Exists(_purposeHeaders, name => HasPurpose(this[name]));

    /// <summary>Gets a value indicating whether the response is for the browser's window, as far as the browser says: no image, script or frame of a page (Fetch Metadata).</summary>
    public bool IsForWindow => this["Sec-Fetch-Mode"] is null or "navigate" && this["Sec-Fetch-Dest"] is null or "document";

    /// <summary>Gets the values of a header as one list, or <see langword="null"/>. A repeated one that must not be is equal to no valid value.</summary>
    public string? this[string name]
    {
        get
        {
            var values = _headers.FindAll(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            return values is [] ? null : string.Join(", ", values.Select(static header => header.Value));
        }
    }

    /// <summary>Reads a head. It is strict, since nothing but a browser has to be understood (RFC 9112).</summary>
    /// <param name="head">The head, without the empty line that ends it.</param>
    /// <param name="request">The head that was read.</param>
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
            // Also refused: a name with a space after it, and a line that continues the one before (section 5).
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

    // A list of tokens with parameters: prefetch;prerender.
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
