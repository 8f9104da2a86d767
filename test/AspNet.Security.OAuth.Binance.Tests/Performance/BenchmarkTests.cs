using System.Reflection;
using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Benchmarks.Measures;
using AspNet.Security.OAuth.Binance.Benchmarks.Results;
using AspNet.Security.OAuth.Binance.Benchmarks.Works;
using AspNet.Security.OAuth.Binance.Emulator;
using BenchmarkDotNet.Attributes;

namespace AspNet.Security.OAuth.Binance.Tests.Performance;

/// <summary>
/// Each benchmark runs once. The figures are not compared here: the benchmarks do that with <c>-- check</c>.
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
    public void A_benchmark_runs(Type type, string method)
    {
        using var benchmarks = (IDisposable)Activator.CreateInstance(type)!;

        var status = type.GetMethod(method, BindingFlags.Public | BindingFlags.Instance)!.Invoke(benchmarks, null);

        Assert.Equal(type == typeof(AuthenticatedRequestBenchmarks) ? 200 : 302, status);
    }

    [Fact]
    public async Task Concurrent_requests_with_an_expired_token_make_one_refresh()
    {
        var calls = await ConcurrentRefresh.RunAsync(requests: 20, responseTime: TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData(nameof(Contender.Recipe))]
    [InlineData(nameof(Contender.Google))]
    [InlineData(nameof(Contender.Ours))]
    [InlineData(nameof(Contender.OnServer))]
    public async Task A_contender_signs_in_over_sockets(string contender)
    {
        await using var emulator = await BinanceEmulator.StartAsync(
            options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        await using var load = await SignIns.StartAsync(Enum.Parse<Contender>(contender), emulator);

        await load.RunAsync(concurrency: 2, count: 3);

        Assert.Equal(3, emulator.Requests.Count(EmulatorEndpoint.UserInfo));
    }

    [Fact]
    public async Task All_measurements_of_all_contenders_are_timed()
    {
        var measurements = await Laps.RunAsync(new(WarmUp: 2, Pause: TimeSpan.Zero, Laps: 3, Calls: 1));

        Assert.Equal(
            [
                "authenticated request: Google, OnServer, Ours, Recipe",
                "callback: Floor, Google, Ours, Recipe",
                "challenge: Floor, Google, Ours, Recipe",
            ],
            measurements
                .GroupBy(measurement => measurement.Work)
                .Select(work => $"{work.Key}: {string.Join(", ", work.Select(measurement => $"{measurement.Contender}").Order(StringComparer.Ordinal))}")
                .Order(StringComparer.Ordinal));
        Assert.All(measurements, measurement => Assert.InRange(measurement.Value, 1, double.MaxValue));
    }

    [Fact]
    public async Task A_request_with_a_refresh_is_timed_with_the_session_in_the_cookie_and_on_the_server()
    {
        var measurements = await Refreshes.RunAsync(new(WarmUp: 2, Pause: TimeSpan.Zero, Sessions: 3));

        Assert.Equal([Contender.Ours, Contender.OnServer], measurements.Select(measurement => measurement.Contender));
        Assert.All(measurements, measurement => Assert.InRange(measurement.Value, 1, double.MaxValue));
    }

    [Fact]
    public async Task A_session_in_the_cookie_needs_no_cache_for_a_request_and_one_on_the_server_needs_no_more_than_the_goals()
    {
        var measurements = await CacheCommands.CountAsync();

        var request = measurements.Single(measurement => measurement is { Work: Names.AuthenticatedRequest, Contender: Contender.Ours });
        Assert.Equal(0, request.Value);
        var goals = Goals.Exact(measurements).Where(goal => goal.Measure.StartsWith(Names.CacheCommands, StringComparison.Ordinal)).ToArray();
        Assert.Equal([Names.AuthenticatedRequest, Names.Refresh, Names.SignIn, Names.SignOut], goals.Select(goal => goal.Work));
        Assert.All(goals, goal => Assert.True(goal.IsMet, $"{goal}"));
    }

    [Theory]
    [InlineData(nameof(Contender.Ours))]
    [InlineData(nameof(Contender.OnServer))]
    public async Task A_counted_sign_out_ends_the_session(string contender)
    {
        await using var site = new SessionSite(Enum.Parse<Contender>(contender));
        var session = await site.SignInAsync();
        await site.RequestAsync(session);

        await site.SignOutAsync(session);

        await Assert.ThrowsAsync<InvalidOperationException>(() => site.RequestAsync(session));
    }
}
