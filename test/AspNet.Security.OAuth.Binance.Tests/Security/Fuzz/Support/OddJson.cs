using FsCheck;
using FsCheck.Fluent;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

/// <summary>
/// Pieces of JSON, by its grammar and a little beyond it (RFC 8259).
/// </summary>
internal static class OddJson
{
    /// <summary>A marker in most texts of a response, which must be in no message. It is not a valid error code.</summary>
    public const string Marker = "MARKER!";

    private const int Deep = 12;

    private const int Levels = 4;

    /// <summary>Text between quotation marks, mostly escaped as it has to be.</summary>
    public static Gen<string> Text { get; } =
        from marker in Gen.Frequency((3, Gen.Constant(Marker)), (1, Gen.Constant("")))
        from text in OddText.Any
        from escaped in Gen.Frequency((6, Gen.Constant(true)), (1, Gen.Constant(false)))
        select $"\"{(escaped ? Escape(marker + text) : marker + text)}\"";

    private static Gen<string> Leaf { get; } = Gen.Frequency(
        (4, Text),
        (3, Gen.Elements("null", "true", "false", "0", "1", "\"\"", "{}", "[]", "\"000000\"", "\"bearer\"", "\"token\"", "\"invalid_grant\"")),
        (2, Gen.Elements("-1", "30714", "2147483647", "2147483648", "1e3", "1E400", "1.5", "-0", "1e-5", "99999999999999999999999999999999999999")),
        (1, Gen.Elements("\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"a\\r\\nb\"", "\"\\ud83d\\ude00\"", "\"\\u0061\"")),
        (1, Gen.Elements("007", "0x10", "+1", ".5", "1.", "NaN", "Infinity", "True", "nul", "undefined", "'a'", "\"\\x\"", "\"\\u12\"", "\"", "", "// a", "{,}", "[1,]", "{\"a\":1,\"a\":2}", "{\"a\" 1}")));

    public static Gen<string> Piece { get; } = Nested();

    public static string Escape(string text)
    {
        var escaped = new System.Text.StringBuilder();
        foreach (var c in text)
        {
            // Halves of surrogate pairs too: as an escape they are good JSON, and no text.
            _ = c is >= ' ' and <= '~' and not ('"' or '\\') ? escaped.Append(c) : escaped.Append($"\\u{(int)c:x4}");
        }

        return escaped.ToString();
    }

    // Made once: a generator costs more than what it generates.
    private static Gen<string> Nested()
    {
        List<Gen<string>> levels = [Leaf];
        while (levels.Count < Levels)
        {
            levels.Add(Nested(levels[^1]));
        }

        return Gen.Sized(size => levels[Math.Min(size * Levels / 100, Levels - 1)]);
    }

    private static Gen<string> Nested(Gen<string> inner) => Gen.Frequency(
        (4, Leaf),
        (1, Gen.ArrayOf(inner).Resize(3).Select(items => $"[{string.Join(',', items)}]")),
        (1, Gen.ArrayOf(Member(inner)).Resize(3).Select(members => $"{{{string.Join(',', members)}}}")),
        (1, from levels in Gen.Frequency((9, Gen.Choose(1, 2 * Deep)), (1, Gen.Choose(100, 9_000)))
            from isArray in Gen.Elements(true, false)
            select isArray
                ? new string('[', levels) + new string(']', levels)
                : OddText.Repeat("{\"a\":", levels) + "1" + new string('}', levels)));

    private static Gen<string> Member(Gen<string> inner) =>
        from name in Gen.Frequency((3, Gen.Elements("\"a\"", "\"b\"", "\"userId\"", "\"data\"")), (1, Text))
        from value in inner
        select $"{name}:{value}";
}
