using System.Text;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;
using FsCheck;
using FsCheck.Fluent;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Loopback.Support;

/// <summary>
/// The head of a request, one character a byte, until edits change it.
/// </summary>
internal sealed class HeadDraft(string text)
{
    private static readonly Gen<string> _bytes = Gen.Choose(0, 255).Select(b => ((char)b).ToString());

    private static readonly Gen<string> _syntax = Gen.Elements("\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", "?", "#", "/", "//", "%", "\0", "\r\n ", "GET ", " HTTP/1.1", "HTTP/2");

    private static readonly Gen<string> _headers = Gen.Elements(
        "Host: attacker.example", "Host:", "Content-Length: 5", "Content-Length: -1", "Transfer-Encoding: chunked", "Expect: 100-continue", "Upgrade: h2c", "Connection: keep-alive",
        "Sec-Purpose: prefetch", "Accept-Language: tr", "Accept-Language: ;q=,,tr;q=9", "Cookie: a=b", " folded", "name : value", "no colon", ": no name");

    private string _text = text;

    public static (int Weight, Gen<Edit<HeadDraft>> Edit)[] Edits { get; } =
    [
        (3, Inserted("a text", OddText.Any)),
        (3, Inserted("a byte", _bytes)),
        (3, Inserted("syntax", _syntax)),
        (2, Edit<HeadDraft>.Of("a header", _headers, static (draft, header) => draft.Insert(draft._text.Length - 2, header + "\r\n"))),
        (1, Edit<HeadDraft>.Of("a header with a text", OddText.Any, static (draft, value) => draft.Insert(draft._text.Length - 2, $"X: {value}\r\n"))),
        (1, Edit<HeadDraft>.Of("another path", OddText.Any, static (draft, path) => draft._text = draft._text.Replace(LoopbackSignIn.Path, path, StringComparison.Ordinal))),
        (1, Edit<HeadDraft>.Of("another path with a slash", OddText.Visible, static (draft, path) => draft._text = draft._text.Replace(LoopbackSignIn.Path, "/" + path, StringComparison.Ordinal))),
        (2, Edit<HeadDraft>.At("nothing after", static (draft, place) => draft._text = draft._text[..draft.IndexOf(place)])),
        (2, Edit<HeadDraft>.At("a byte less", static (draft, place) => draft._text = draft._text.Length is 0 ? "" : draft._text.Remove(draft.IndexOf(place), 1))),
    ];

    public byte[] ToBytes() => Encoding.Latin1.GetBytes(_text);

    private static Gen<Edit<HeadDraft>> Inserted(string what, Gen<string> texts) =>
        from place in Gen.Choose(0, 999)
        from edit in Edit<HeadDraft>.Of($"{what} at {place}", texts, (draft, text) => draft.Insert(draft.IndexOf(place / 1000d), text))
        select edit;

    private int IndexOf(double place) => (int)(place * _text.Length);

    private void Insert(int index, string text) => _text = _text.Insert(Math.Max(0, index), text);
}
