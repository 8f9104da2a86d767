using AspNet.Security.OAuth.Binance.Benchmarks;

namespace AspNet.Security.OAuth.Binance.Tests;

public sealed class GoalTests
{
    [Theory]
    [InlineData(1000, 900, true)]
    [InlineData(1000, 904, true)]
    [InlineData(1000, 906, false)]
    public void A_goal_is_met_by_the_figure_that_is_written(double recipe, double ours, bool isMet)
    {
        var goal = Single(new(Names.Challenge, Names.Bytes, Contender.Recipe, recipe), new(Names.Challenge, Names.Bytes, Contender.Ours, ours));

        Assert.Equal(isMet, goal.IsMet);
        Assert.StartsWith(isMet ? "met" : "MISSED", goal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, 101, true)]
    [InlineData(100, 98, false)]
    public void More_is_better_where_things_are_counted_by_the_second(double recipe, double ours, bool isMet)
    {
        var work = Names.SignIns(1);

        var goal = Single(new(work, Names.SignInsPerSecond, Contender.Recipe, recipe), new(work, Names.SignInsPerSecond, Contender.Ours, ours));

        Assert.Equal(isMet, goal.IsMet);
    }

    [Fact]
    public void The_results_stand_between_their_marks_and_nothing_else_of_the_document_changes()
    {
        var report = new Report(
            new Machine("2026-11-22", "a processor", "a system", ".NET 10"),
            [new(Names.Challenge, Names.Bytes, Contender.Recipe, 1000), new(Names.Challenge, Names.Bytes, Contender.Ours, 950)]);
        var before = $"before\n{Document.Begin}\nold\n{Document.End}\nafter\n";

        var after = Document.WithResults(before, report);

        Assert.StartsWith($"before\n{Document.Begin}\n", after, StringComparison.Ordinal);
        Assert.EndsWith($"\n{Document.End}\nafter\n", after, StringComparison.Ordinal);
        Assert.DoesNotContain("old", after, StringComparison.Ordinal);
        Assert.Contains("| challenge | bytes allocated / recipe | ≤ 0.90 | 0.95 | **missed** |", after, StringComparison.Ordinal);
        Assert.Equal(after, Document.WithResults(after, report));
    }

    [Fact]
    public void Times_of_several_processes_are_compared_within_each_of_them()
    {
        // The machine is twice as slow in the second process. What counts is 1.2, 1.1 and 1.4 times the recipe.
        var together = Timings.Together([Run(100, 120), Run(200, 220), Run(100, 140)]).Single(measurement => measurement.Contender is Contender.Ours);

        Assert.Equal(120, together.Value, 0.001);
        Assert.Equal((1.4 - 1.1) / 2 / 1.2, together.Spread!.Value, 0.001);

        static Measurement[] Run(double recipe, double ours) =>
        [
            new(Names.Challenge, Names.Nanoseconds, Contender.Recipe, recipe),
            new(Names.Challenge, Names.Nanoseconds, Contender.Ours, ours),
        ];
    }

    [Fact]
    public void A_figure_is_written_with_how_far_the_processes_lie_apart()
    {
        var report = new Report(
            new Machine("2026-11-22", "a processor", "a system", ".NET 10"),
            [
                new(Names.Challenge, Names.Nanoseconds, Contender.Recipe, 10_000, Spread: 0),
                new(Names.Challenge, Names.Nanoseconds, Contender.Ours, 9_000, Spread: 0.012),
            ]);

        var document = Document.WithResults($"{Document.Begin}{Document.End}", report);

        Assert.Contains("| challenge | ns |  |  | 10,000 |  | 9,000 ± 1.2 % |", document, StringComparison.Ordinal);
    }

    private static Goal Single(params Measurement[] measurements) => Assert.Single(Goals.Of(measurements), goal => goal.WasMeasured);
}
