using System.Collections.Concurrent;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

/// <summary>
/// Runs a property over thousands of generated cases. Each run has other cases; one that fails is printed in its smallest form, with
/// the value of FUZZ_REPLAY that makes exactly this case the first of the next run.
/// </summary>
internal static class FuzzRun
{
    public const int Cases = 10_000;

    private const string ReplayVariable = "FUZZ_REPLAY";

    /// <summary>Whether one case is run again.</summary>
    public static bool IsReplay => Environment.GetEnvironmentVariable(ReplayVariable) is not null;

    /// <param name="cases">The cases.</param>
    /// <param name="property">Throws if a case shows a fault, and returns the outcome in a word otherwise.</param>
    /// <param name="expected">The least number of cases for each outcome: cases that all end at the first check prove nothing about the second.</param>
    public static Task HoldsAsync<T>(Arbitrary<T> cases, Func<T, Task<string>> property, params (string Outcome, int Least)[] expected)
        => HoldsAsync(Cases, null, cases, property, expected);

    /// <summary>The same with another number of cases, which are the same in each run if a start is given.</summary>
    public static async Task HoldsAsync<T>(
        int count, string? start, Arbitrary<T> cases, Func<T, Task<string>> property, params (string Outcome, int Least)[] expected)
    {
        var outcomes = new ConcurrentDictionary<string, int>();
        var report = new FuzzReport(ReplayVariable);
        var replay = Environment.GetEnvironmentVariable(ReplayVariable);
        var config = Config.Default.WithMaxTest(count).WithQuietOnSuccess(true).WithRunner(report).WithReplay(Parse(replay ?? start));
        async Task CheckAsync(T item)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var outcome = await property(item);
            outcomes.AddOrUpdate(outcome, 1, static (_, count) => count + 1);
        }

        // FsCheck waits for each case. A thread of its own can wait without keeping the thread pool from the work that it waits for.
        await Task.Factory.StartNew(
            () => Check.One(config, Prop.ForAll(cases, CheckAsync)),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        var counts = string.Join(", ", outcomes.OrderByDescending(outcome => outcome.Value).Select(outcome => $"{outcome.Key}: {outcome.Value}"));
        TestContext.Current.TestOutputHelper?.WriteLine(counts);
        report.ThrowIfFailed();
        if (replay is null)
        {
            Assert.True(outcomes.Values.Sum() >= count, $"Fewer than {count} cases ran. {counts}");
            Assert.All(expected, outcome => Assert.True(
                outcomes.GetValueOrDefault(outcome.Outcome) >= outcome.Least, $"Fewer than {outcome.Least} of '{outcome.Outcome}'. {counts}"));
        }
    }

    // "seed,gamma,size", as a failure prints it, or "seed,gamma".
    private static FSharpOption<Replay>? Parse(string? replay)
    {
        if (replay?.Split(',') is not [var seed, var gamma, .. var size])
        {
            return null;
        }

        var start = new Rnd(ulong.Parse(seed, CultureInfo.InvariantCulture), ulong.Parse(gamma, CultureInfo.InvariantCulture));
        return new(new Replay(start, size is [var only] ? new(int.Parse(only, CultureInfo.InvariantCulture)) : null));
    }
}
