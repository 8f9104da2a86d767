using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>HTML markup. Interpolated text is always encoded.</summary>
internal readonly struct Html
{
    private readonly string _value;

    private Html(string value) => _value = value;

    public static Html Empty { get; } = new("");

    public static Html Of(ref Builder markup) => new(markup.ToMarkup());

    public static Html Each<T>(IEnumerable<T> items, Func<T, Html> markup) => new(string.Concat(items.Select(item => markup(item)._value)));

    /// <summary>Encodes an untrusted name. It is isolated (<c>bdi</c>), so that a bidirectional control character in it (U+202E) does not affect the text around it.</summary>
    public static Html Name(string name) => Of($"<bdi>{(name.Any(IsVisible) ? name : "(a name without visible characters)")}</bdi>");

    public override string ToString() => _value ?? "";

    private static bool IsVisible(char character)
        => !char.IsWhiteSpace(character) && char.GetUnicodeCategory(character) is not (UnicodeCategory.Format or UnicodeCategory.Control);

    [InterpolatedStringHandler]
    public readonly ref struct Builder(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _builder = new(literalLength + (formattedCount * 16));

        public void AppendLiteral(string markup) => _builder.Append(markup);

        public void AppendFormatted(Html markup) => _builder.Append(markup);

        public void AppendFormatted(string? text) => _builder.Append(HtmlEncoder.Default.Encode(text ?? ""));

        public void AppendFormatted(int number) => _builder.Append(CultureInfo.InvariantCulture, $"{number}");

        internal string ToMarkup() => _builder.ToString();
    }
}
