using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Benchmarks.Measures;
using AspNet.Security.OAuth.Binance.Benchmarks.Results;

namespace AspNet.Security.OAuth.Binance.Tests.Performance;

public sealed class GoalTests
{
    public static TheoryData<string, string, double, double, bool> Figures => new()
    {
        { Names.Challenge, Names.Bytes, 1000, 1104, true },
        { Names.Challenge, Names.Bytes, 1000, 1106, false },
        { Names.Callback, Names.Bytes, 1000, 1054, true },
        { Names.Callback, Names.Bytes, 1000, 1056, false },
        { Names.AuthenticatedRequest, Names.Bytes, 10_000, 10_008, true },
        { Names.AuthenticatedRequest, Names.Bytes, 10_000, 10_009, false },
        { Names.SessionCookie, Names.Bytes, 964, 1028, true },
        { Names.SessionCookie, Names.Bytes, 964, 1029, false },
        { Names.Rush, Names.RefreshCalls, double.NaN, 1, true },
        { Names.Rush, Names.RefreshCalls, double.NaN, 2, false },
        { Names.SignIns(1), Names.SignInsPerSecond, 100, 101, true },
        { Names.SignIns(1), Names.SignInsPerSecond, 100, 99, false },
        { Names.SignIns(8), Names.SignInsPerSecond, 100, 99, false },
        { Names.SignIns(64), Names.SignInsPerSecond, 100, 99, false },
        { Names.Native, Names.Warnings, double.NaN, 0, true },
        { Names.Native, Names.Warnings, double.NaN, 1, false },
        { Names.Native, Names.FileBytes, 1000, 1104, true },
        { Names.Native, Names.FileBytes, 1000, 1106, false },
        { Names.Native, Names.ResidentBytes, 1000, 1104, true },
        { Names.Native, Names.ResidentBytes, 1000, 1106, false },
    };

    public static TheoryData<string, string, double, bool> FiguresOnServer => new()
    {
        { Names.SessionCookie, Names.Bytes, 400, true },
        { Names.SessionCookie, Names.Bytes, 401, false },
        { Names.AuthenticatedRequest, Names.CacheCommands, 3, true },
        { Names.AuthenticatedRequest, Names.CacheCommands, 4, false },
        { Names.Refresh, Names.CacheCommands, 10, true },
        { Names.Refresh, Names.CacheCommands, 11, false },
        { Names.SignIn, Names.CacheCommands, 10, true },
        { Names.SignIn, Names.CacheCommands, 11, false },
        { Names.SignOut, Names.CacheCommands, 15, true },
        { Names.SignOut, Names.CacheCommands, 16, false },
    };

    [Fact]
    public void The_goals_are_those_of_the_document()
        => Assert.Equal(
            [
                "challenge, bytes allocated / recipe: ≤ 1.10",
                "callback, bytes allocated / recipe: ≤ 1.05",
                "authenticated request, bytes allocated - recipe: ≤ 8",
                "session cookie, bytes - recipe: ≤ 64",
                "session cookie, bytes, session on the server: ≤ 400",
                "authenticated request, cache commands, session on the server: ≤ 3",
                "request with a refresh, cache commands, session on the server: ≤ 10",
                "sign-in, cache commands, session on the server: ≤ 10",
                "sign-out, cache commands, session on the server: ≤ 15",
                "1,000 requests at once, access token expired, refresh calls: ≤ 1",
                "sign-ins over sockets, 1 at once, sign-ins per second / recipe: ≥ 1.00",
                "sign-ins over sockets, 8 at once, sign-ins per second / recipe: ≥ 1.00",
                "sign-ins over sockets, 64 at once, sign-ins per second / recipe: ≥ 1.00",
                "native site, trim and AOT warnings: 0",
                "native site, bytes of the file / recipe: ≤ 1.10",
                "native site, bytes resident after a sign-in / recipe: ≤ 1.10",
            ],
            Goals.All([]).Select(goal => $"{goal.Work}, {goal.Measure}: {goal.LimitText}"));

    [Theory]
    [MemberData(nameof(Figures))]
    public void A_goal_is_met_or_missed_by_the_figure_that_is_written(string work, string unit, double recipe, double ours, bool isMet)
    {
        var goal = Assert.Single(
            Goals.All([new(work, unit, Contender.Recipe, recipe), new(work, unit, Contender.Ours, ours)]),
            goal => !double.IsNaN(goal.Measured));

        Assert.Equal(isMet, goal.IsMet);
        Assert.StartsWith(isMet ? "met" : "MISSED", goal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(FiguresOnServer))]
    public void A_goal_for_a_session_on_the_server_is_absolute(string work, string unit, double onServer, bool isMet)
    {
        var goal = Assert.Single(Goals.All([new(work, unit, Contender.OnServer, onServer)]), goal => !double.IsNaN(goal.Measured));

        Assert.Equal(isMet, goal.IsMet);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_warning_of_the_native_console_sample_misses_its_goal(int warnings, bool isMet)
        => Assert.Equal(isMet, Goals.NativeConsole(warnings).IsMet);

    [Fact]
    public void A_missed_goal_is_reported_as_missed()
    {
        using var output = new StringWriter { NewLine = "\n" };

        var areMet = Goal.Write([new("met work", "bytes", 10, false, 10, 0), new("missed work", "bytes", 10, false, 11, 0)], output);

        Assert.False(areMet);
        Assert.Equal("met    met work, bytes: goal ≤ 10, measured 10\nMISSED missed work, bytes: goal ≤ 10, measured 11\n", output.ToString());
    }

    [Fact]
    public void A_goal_that_was_not_measured_is_missed()
    {
        using var output = new StringWriter { NewLine = "\n" };

        Assert.False(Goal.Write([new("work", "bytes", 10, AtLeast: false, double.NaN), new("work", "bytes", 10, AtLeast: true, double.NaN)], output));

        Assert.Equal(
            "MISSED work, bytes: goal ≤ 10.00, not measured\nMISSED work, bytes: goal ≥ 10.00, not measured\n",
            output.ToString());
    }

    [Fact]
    public void Goals_that_are_met_are_reported_as_met()
        => Assert.True(Goal.Write([new("work", "bytes", 10, AtLeast: false, 9), new("work", "bytes", 10, AtLeast: true, 11)], TextWriter.Null));

    [Fact]
    public void The_results_are_written_between_their_marks_and_the_rest_of_the_document_is_unchanged()
    {
        var report = new Report(
            new Machine("2026-11-22", "a processor", "a system", ".NET 10"),
            [new(Names.Challenge, Names.Bytes, Contender.Recipe, 1000), new(Names.Challenge, Names.Bytes, Contender.Ours, 1200)]);
        var before = $"before\n{Document.Begin}\nold\n{Document.End}\nafter\n";

        var after = Document.WithResults(before, report);

        Assert.StartsWith($"before\n{Document.Begin}\n", after, StringComparison.Ordinal);
        Assert.EndsWith($"\n{Document.End}\nafter\n", after, StringComparison.Ordinal);
        Assert.DoesNotContain("old", after, StringComparison.Ordinal);
        Assert.Contains("| challenge | bytes allocated / recipe | ≤ 1.10 | 1.20 | **missed** |", after, StringComparison.Ordinal);
        Assert.Equal(after, Document.WithResults(after, report));
    }

    [Fact]
    public void The_document_and_its_picture_show_the_saved_results()
    {
        var report = Report.Load(Document.ResultsFile);
        var document = File.ReadAllText(Path.Combine(Document.Folder, "performance.md"));

        Assert.Equal(document, Document.WithResults(document, report));
        Assert.Equal(File.ReadAllText(Path.Combine(Document.Folder, "images", "performance.svg")), Picture.Draw(report));
    }

    [Fact]
    public void Times_of_several_processes_are_compared_within_each_of_them()
    {
        // The machine is twice as slow in the second process. The ratios to the recipe are 1.2, 1.1 and 1.4.
        var combined = Timings.Combine([Run(100, 120), Run(200, 220), Run(100, 140)]).Single(measurement => measurement.Contender is Contender.Ours);

        Assert.Equal(120, combined.Value, 0.001);
        Assert.Equal((1.4 - 1.1) / 2 / 1.2, combined.Spread!.Value, 0.001);

        static Measurement[] Run(double recipe, double ours) =>
        [
            new(Names.Challenge, Names.Nanoseconds, Contender.Recipe, recipe),
            new(Names.Challenge, Names.Nanoseconds, Contender.Ours, ours),
        ];
    }

    [Fact]
    public void A_time_is_written_with_its_spread()
    {
        var report = new Report(
            new Machine("2026-11-22", "a processor", "a system", ".NET 10"),
            [
                new(Names.Challenge, Names.Nanoseconds, Contender.Recipe, 10_000, Spread: 0),
                new(Names.Challenge, Names.Nanoseconds, Contender.Ours, 9_000, Spread: 0.012),
            ]);

        var document = Document.WithResults($"{Document.Begin}{Document.End}", report);

        Assert.Contains("| challenge | ns |  | 10,000 |  | 9,000 ± 1.2 % |  |", document, StringComparison.Ordinal);
    }
}
