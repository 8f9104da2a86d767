using System.Globalization;
using System.Text;
using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Benchmarks.Measures;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Results;

/// <summary>
/// A bar chart of the contenders relative to the recipe, as an SVG for light and dark pages.
/// </summary>
internal static class Picture
{
    private const int Width = 760;
    private const int Left = 300;
    private const int BarHeight = 18;
    private const int GroupGap = 26;

    // Blue and orange differ for colour-blind readers, too.
    private const string Style = """
        text { font: 13px system-ui, sans-serif; fill: #1f2328 }
        .title { font-weight: 600 }
        .floor { fill: #c4cad1 } .recipe { fill: #8c959f } .google { fill: #b58a5a } .ours { fill: #0969da }
        .one { stroke: #1f2328; stroke-dasharray: 3 3 }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3 }
          .floor { fill: #484f58 } .recipe { fill: #7d8590 } .google { fill: #a57c4b } .ours { fill: #4493f8 }
          .one { stroke: #e6edf3 }
        }
        """;

    private static readonly Contender[] _bars = [Contender.Floor, Contender.Recipe, Contender.Google, Contender.Ours];

    private static readonly (string Work, string Unit, string Title)[] _groups =
    [
        (Names.Challenge, Names.Bytes, "challenge: bytes allocated"),
        (Names.Challenge, Names.Nanoseconds, "challenge: time"),
        (Names.Callback, Names.Bytes, "callback: bytes allocated"),
        (Names.Callback, Names.Nanoseconds, "callback: time"),
        .. SignIns.Concurrencies.Select(count => (Names.SignIns(count), Names.SignInsPerSecond, $"sign-ins per second, {count} at once (more is better)")),
    ];

    public static string Draw(Report report)
    {
        var groups = _groups.Select(group => (group.Title, Values: Values(report, group.Work, group.Unit))).Where(group => group.Values.Count > 0).ToArray();
        var largest = groups.SelectMany(group => group.Values).Max(bar => bar.Ratio);
        var scale = (Width - Left - 60) / largest;
        var body = new StringBuilder();
        var y = 18;
        foreach (var (title, values) in groups)
        {
            y += GroupGap;
            Line(body, $"<text class=\"title\" x=\"10\" y=\"{y}\">{title}</text>");
            foreach (var (contender, ratio) in values)
            {
                var (name, length) = (Goals.NameOf(contender), Number(ratio * scale));
                y += BarHeight + 4;
                Line(body, $"<text x=\"{Left - 8}\" y=\"{y}\" text-anchor=\"end\">{name}</text>");
                Line(body, $"<rect class=\"{name}\" x=\"{Left}\" y=\"{y - 14}\" width=\"{length}\" height=\"{BarHeight}\"/>");
                Line(body, $"<text x=\"{Number(Left + (ratio * scale) + 6)}\" y=\"{y}\">{ratio.ToString("0.00", CultureInfo.InvariantCulture)}</text>");
            }
        }

        var one = Number(Left + scale);
        y += 20;
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {y}" width="{Width}" height="{y}" role="img">
            <title>Each contender relative to the recipe</title>
            <style>
            {Style}
            </style>
            <text x="10" y="20">Relative to the recipe (dashed line). Measured on {report.Machine.Date}</text>
            {body}<line class="one" x1="{one}" y1="28" x2="{one}" y2="{y - 10}"/>
            </svg>

            """;
    }

    private static List<(Contender Contender, double Ratio)> Values(Report report, string work, string unit)
    {
        var figures = report.Measurements.Where(measurement => measurement.Work == work && measurement.Unit == unit).ToDictionary(m => m.Contender, m => m.Value);
        return figures.TryGetValue(Contender.Recipe, out var recipe)
            ? [.. _bars.Where(figures.ContainsKey).Select(contender => (contender, figures[contender] / recipe))]
            : [];
    }

    private static void Line(StringBuilder body, string line) => body.Append(line).Append('\n');

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
