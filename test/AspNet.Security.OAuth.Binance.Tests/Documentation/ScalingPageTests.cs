using System.Globalization;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The figures of docs/scaling.md for a million users are computed from measured ones, and its rows about outages name their tests.
/// </summary>
public sealed class ScalingPageTests
{
    private const string Page = "docs/scaling.md";
    private const double Users = 1_000_000;

    private static readonly Dictionary<string, double> _inCookie = Figures("measured");
    private static readonly Dictionary<string, double> _onServer = Figures("measured with sessions on the server");

    [Fact]
    public void Refreshes_of_a_million_users_in_the_cookie_are_computed_from_the_measured_figures()
    {
        var commands = _inCookie["Redis commands of a refresh"];
        var traffic = _inCookie["Redis traffic of a refresh, both ways"];
        var outcome = _inCookie["outcome of a refresh in Redis, for ten minutes"];
        var (due, all) = (Users / 30_414, Users / 3_600);

        string[] expected =
        [
            Row("refreshes per second", $"1,000,000 / 30,414 = {Whole(due)}", $"1,000,000 / 3,600 = {Whole(all)}"),
            Row($"Redis commands per second (× {Whole(commands)})", Whole(due * commands), Whole(all * commands)),
            Row($"Redis traffic (× {Whole(traffic)} bytes)", $"{Whole(due * traffic / 1e3)} kB/s", $"{Whole(all * traffic / 1e3)} kB/s"),
            Row(
                $"outcomes in Redis (× 600 s × {Whole(outcome)} bytes)",
                $"{Whole(due * 600)}, {Mega(due * 600 * outcome)} MB",
                $"{Whole(all * 600)}, {Whole(all * 600 * outcome / 1e6)} MB"),
            Row("locks in Redis (a call of 0.2 s)", Whole(due * 0.2), Whole(all * 0.2)),
        ];

        Assert.Equal(expected, Repository.Table(Page, "| all of them always active | all come back within one hour"));
    }

    [Fact]
    public void Commands_and_traffic_of_a_million_users_are_computed_from_the_measured_figures()
    {
        var request = _onServer["Redis traffic of a request whose tokens are fresh, both ways"];
        var refresh = _onServer["Redis traffic of a refresh, both ways"];
        var (pages, due, all, signOuts) = (Users / 60, Users / 30_414, Users / 3_600, Users / (14 * 86_400));

        string[] expected =
        [
            Row(
                $"each opens a page a minute: {Whole(pages)} requests per second",
                Whole(pages * Commands("a request whose tokens are fresh")),
                $"{Mega(pages * request)} MB/s"),
            Row(
                $"refreshes, all of them always active: {Whole(due)} per second",
                Whole(due * Commands("a refresh")),
                $"{Whole(due * refresh / 1e3)} kB/s"),
            Row(
                $"refreshes, all come back within one hour: {Whole(all)} per second",
                Whole(all * Commands("a refresh")),
                $"{Number(all * refresh / 1e6, "0.00")} MB/s"),
            Row($"sign-ins, all within one hour: {Whole(all)} per second", Whole(all * Commands("a sign-in")), ""),
            Row($"sign-outs, each once in 14 days: {Number(signOuts, "0.00")} per second", Whole(signOuts * Commands("a sign-out")), ""),
        ];

        Assert.Equal(expected, Repository.Table(Page, "a million users"));
    }

    [Fact]
    public void Memory_for_a_million_users_is_computed_from_the_measured_figures()
    {
        var session = (_onServer["session in Redis, until its ticket ends"], _onServer["list of a user's sessions, with one"]);
        var end = (
            _onServer["end of a session in Redis, for as long as its ticket lasts and a day"],
            _onServer["the same for the processes, which keep it in memory, until its ticket ends"]);
        var all = _onServer["that all sessions of a user were ended, in Redis, for 401 days"];

        string[] expected =
        [
            Row($"sessions and lists: 1,000,000 × ({Whole(session.Item1)} + {Whole(session.Item2)})", Giga(session)),
            Row($"ends, each user signs out once while they are kept: 1,000,000 × ({Whole(end.Item1)} + {Whole(end.Item2)})", Giga(end)),
            Row($"each user had all sessions ended once, in 401 days: 1,000,000 × {Whole(all)}", $"{Whole(all * Users / 1e6)} MB"),
        ];

        Assert.Equal(expected, Repository.Table(Page, "in Redis"));
    }

    [Fact]
    public void The_savings_of_browsers_are_computed_from_the_measured_figures()
    {
        var (inCookie, onServer) = (_inCookie["session cookie, with its name"], _onServer["session cookie, with its name"]);

        var less = $"{Mega(Users / 60 * (inCookie - onServer))} MB/s less than with the session in the cookie";
        Assert.Contains($"{less}: 16,667 × ({Whole(inCookie)} - {Whole(onServer)}) bytes", Repository.Read(Page), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("what | sessions in the cookie | sessions on the server | tests")]
    [InlineData("what | what happens | tests")]
    [InlineData("who | what waits | at most | tests")]
    [InlineData("at the wrong time | what happens | tests")]
    public void Each_row_of_the_outage_tables_names_existing_tests(string table)
    {
        var rows = Repository.Table(Page, table);
        var existing = SecurityPageTests.AllTests();

        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            var tests = row.TrimEnd('|').Split(" | ")[^1].Trim();
            Assert.All(
                tests.Split(", ").Where(test => test != "inherent"),
                test => Assert.Contains(test.Trim('`'), existing));
        });
    }

    private static Dictionary<string, double> Figures(string table) => Repository.Table(Page, table)
        .Select(row => row.Split('|', StringSplitOptions.TrimEntries))
        .ToDictionary(cells => cells[1], cells => double.Parse(cells[2].Split(' ')[0], CultureInfo.InvariantCulture));

    private static double Commands(string of) => _onServer["Redis commands of " + of];

    private static string Row(params string[] cells) => $"| {string.Join(" | ", cells)} |".Replace("|  |", "| |", StringComparison.Ordinal);

    private static string Giga((double, double) bytes) => $"{Number((bytes.Item1 + bytes.Item2) * Users / 1e9, "0.00")} GB";

    private static string Mega(double bytes) => Number(bytes / 1e6, "0.0");

    private static string Whole(double number) => Number(number, "#,0");

    private static string Number(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
