using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// docs/diagnostics.md names every log event and every instrument of the packages, and no other.
/// </summary>
public sealed partial class DiagnosticsPageTests
{
    private const string Page = "docs/diagnostics.md";

    [Theory]
    [InlineData("event", "AspNet.Security.OAuth.Binance")]
    [InlineData("native event", "AspNet.Security.OAuth.Binance.Native")]
    public void Events_have_the_ids_names_and_levels_of_the_code(string table, string package)
    {
        var code = Message().Matches(Repository.Read($"src/{package}/Diagnostics/Log.cs")).Select(match =>
            (match.Groups["id"].Value, match.Groups["name"].Value, match.Groups["level"] is { Success: true } level ? level.Value : "by the failure"));

        Assert.Equal(code, Repository.Table(Page, table).Select(Cells).Select(cells => (cells[1], cells[2].Trim('`'), cells[3])));
    }

    [Fact]
    public void Instruments_have_the_names_and_units_of_the_code()
    {
        var code = Instrument().Matches(Repository.Read("src/AspNet.Security.OAuth.Binance/Diagnostics/BinanceMetrics.cs"))
            .Select(match => (match.Groups["name"].Value, match.Groups["kind"].Value.ToLowerInvariant(), match.Groups["unit"].Value));

        Assert.Equal(code, Repository.Table(Page, "instrument").Select(Cells).Select(cells => (cells[1].Trim('`'), cells[2], cells[3].Trim('`'))));
    }

    private static string[] Cells(string row) => row.Split('|', StringSplitOptions.TrimEntries);

    [GeneratedRegex("""LoggerMessage\((?:EventId = )?(?<id>\d+), (?:LogLevel\.(?<level>\w+), )?[^\n]*EventName = "(?<name>\w+)""")]
    private static partial Regex Message();

    [GeneratedRegex("""Create(?<kind>Counter|Histogram)(?:<\w+>)?\(\s*"(?<name>[^"]+)",\s*"(?<unit>[^"]+)""")]
    private static partial Regex Instrument();
}
