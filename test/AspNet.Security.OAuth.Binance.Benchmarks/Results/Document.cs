using System.Globalization;
using System.Reflection;
using System.Text;
using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Results;

/// <summary>
/// Writes the results into docs/performance.md, between two marks, and draws the picture.
/// </summary>
internal static class Document
{
    public const string Begin = "<!-- results: written by the benchmarks -->";
    public const string End = "<!-- end of the results -->";

    private static readonly Contender[] _columns = [Contender.Floor, Contender.Recipe, Contender.Google, Contender.Ours, Contender.OnServer];

    public static string Repository { get; }
        = typeof(Document).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "RepositoryRoot").Value!;

    public static string Folder { get; } = Path.Combine(Repository, "docs");

    public static string ResultsFile { get; } = Path.Combine(Folder, "performance.json");

    public static void Write(Report report)
    {
        var file = Path.Combine(Folder, "performance.md");
        File.WriteAllText(file, WithResults(File.ReadAllText(file), report));
        File.WriteAllText(Path.Combine(Folder, "images", "performance.svg"), Picture.Draw(report));
    }

    public static string WithResults(string document, Report report)
    {
        var begin = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = document.IndexOf(End, StringComparison.Ordinal);
        return $"{document[..begin]}\n\n{Results(report)}\n{document[end..]}";
    }

    private static string Results(Report report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{report.Machine.Date}, {report.Machine.Processor}, {report.Machine.OperatingSystem}, {report.Machine.Runtime}\n\n");
        text.Append("| work | measure | goal | measured | |\n|---|---|---:|---:|---|\n");
        foreach (var goal in Goals.All(report.Measurements))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {goal.Work} | {goal.Measure} | {goal.LimitText} | {goal.MeasuredText} | {(goal.IsMet ? "met" : "**missed**")} |\n");
        }

        text.Append("\n| work | unit |").AppendJoin("", _columns.Select(column => $" {Goals.NameOf(column)} |"));
        text.Append("\n|---|---|").Insert(text.Length, "---:|", _columns.Length).Append('\n');

        // A figure of one contender has no comparison and is in the goals.
        foreach (var row in report.Measurements.GroupBy(measurement => (measurement.Work, measurement.Unit)).Where(row => row.Count() > 1))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Key.Work} | {row.Key.Unit} |");
            text.AppendJoin("", _columns.Select(column => $" {Value(row.FirstOrDefault(measurement => measurement.Contender == column))} |")).Append('\n');
        }

        return text.ToString();
    }

    private static string Value(Measurement? measurement)
    {
        var value = measurement?.Value.ToString("#,0", CultureInfo.InvariantCulture);
        return measurement?.Spread is > 0 and var spread ? string.Create(CultureInfo.InvariantCulture, $"{value} ± {spread * 100:0.0} %") : value ?? "";
    }
}
