using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>Markup. Text gets into it only through an interpolation that encodes it.</summary>
internal readonly struct Html
{
    private readonly string _value;

    private Html(string value) => _value = value;

    public static Html Empty { get; } = new("");

    public static Html Of(ref Builder markup) => new(markup.ToMarkup());

    public static Html Each<T>(IEnumerable<T> items, Func<T, Html> markup) => new(string.Concat(items.Select(item => markup(item)._value)));

    public override string ToString() => _value ?? "";

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
