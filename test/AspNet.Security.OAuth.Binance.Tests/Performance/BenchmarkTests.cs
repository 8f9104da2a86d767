using System.Reflection;
using AspNet.Security.OAuth.Binance.Benchmarks;
using AspNet.Security.OAuth.Binance.Emulator;
using BenchmarkDotNet.Attributes;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// Each benchmark once, so that none of them rots. No figure is looked at: that is for the check of the benchmarks themselves.
/// </summary>
public sealed class BenchmarkTests
{
    public static TheoryData<Type, string> Benchmarks => new(
        from type in typeof(ChallengeBenchmarks).Assembly.GetExportedTypes()
        from method in type.GetMethods()
        where method.IsDefined(typeof(BenchmarkAttribute))
        select (type, method.Name));

    [Theory]
    [MemberData(nameof(Benchmarks))]
    public void A_benchmark_does_its_work(Type type, string method)
    {
        using var benchmarks = (IDisposable)Activator.CreateInstance(type)!;

        var status = type.GetMethod(method, BindingFlags.Public | BindingFlags.Instance)!.Invoke(benchmarks, null);

        Assert.Equal(type == typeof(AuthenticatedRequestBenchmarks) ? 200 : 302, status);
    }

    [Fact]
    public async Task A_rush_on_an_expired_token_is_one_refresh()
    {
        var (calls, _) = await RefreshRush.RunAsync(requests: 20, answerTime: TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData(nameof(Contender.Recipe))]
    [InlineData(nameof(Contender.Google))]
    [InlineData(nameof(Contender.Ours))]
    public async Task A_contender_signs_in_over_sockets(string contender)
    {
        await using var emulator = await BinanceEmulator.StartAsync(
            options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        await using var load = await SignIns.StartAsync(Enum.Parse<Contender>(contender), emulator);

        await load.RunAsync(atOnce: 2, count: 3);

        Assert.Equal(3, emulator.Requests.Count(EmulatorEndpoint.UserInfo));
    }

    [Fact]
    public async Task All_works_of_all_contenders_are_timed()
    {
        var measurements = await Laps.RunAsync(new(WarmUp: 2, Pause: TimeSpan.Zero, Laps: 3, Calls: 1));

        Assert.Equal(
            [
                "authenticated request: Google, Ours, PlainCookie, Recipe",
                "callback: Floor, Google, Ours, Recipe",
                "challenge: Floor, Google, Ours, Recipe",
            ],
            measurements
                .GroupBy(measurement => measurement.Work)
                .Select(work => $"{work.Key}: {string.Join(", ", work.Select(measurement => $"{measurement.Contender}").Order(StringComparer.Ordinal))}")
                .Order(StringComparer.Ordinal));
        Assert.All(measurements, measurement => Assert.InRange(measurement.Value, 1, double.MaxValue));
    }

    [Theory]
    [InlineData(nameof(Contender.Recipe))]
    [InlineData(nameof(Contender.Google))]
    [InlineData(nameof(Contender.Ours))]
    public async Task The_question_to_a_handler_is_counted_step_by_step(string contender)
    {
        var steps = await Question.MeasureAsync(Enum.Parse<Contender>(contender));

        // How much it is depends on how far the runtime has compiled, beside other tests.
        Assert.Equal(
            ["B of the enumerator", "B of the task with the scheme", "B of the task with the handler", "B of the handler"],
            steps.Select(step => step.Unit));
        Assert.All(steps, step => Assert.InRange(step.Value, 24, 1_000));
    }

    [Fact]
    public void Pending_logins_are_counted()
        => Assert.True(double.IsFinite(PendingLogins.Kept(Contender.Ours, batches: 1, batch: 2)));
}
