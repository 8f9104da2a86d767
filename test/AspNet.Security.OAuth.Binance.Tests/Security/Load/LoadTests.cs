using System.Diagnostics;
using System.Globalization;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer.Support;
using AspNet.Security.OAuth.Binance.Tests.Security.Load.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Load;

/// <summary>
/// Concurrent sign-ins on real sockets, a tenth of them with a broken server.
/// </summary>
[Collection(nameof(Alone))]
public sealed class LoadTests
{
    private const int Users = 200;
    private const int SignIns = 2000;

    // What grows with the number of sign-ins or of faults grows by 140 or by 2000. These are below, and above what a runtime does by
    // itself: a few descriptors for polling, and a thread pool that tries dozens more threads when the machine is busy with others.
    private const int MoreHandles = 16;
    private const int MoreThreads = 64;

    // Two KiB for each sign-in. One forgotten buffer for each fault would be six times as much.
    private const long MoreMemory = 4 * 1024 * 1024;

    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    [Fact(Timeout = 300_000)]
    public async Task Two_thousand_sign_ins_with_faults_in_a_tenth_mix_up_no_users_and_leak_nothing()
    {
        if (!OwnProcess.IsThis)
        {
            await OwnProcess.RunAsync<LoadTests>();
            return;
        }

        using var unobserved = new UnobservedExceptions();
        await using var site = await StartAsync();
        var users = AddUsers(site.Emulator);

        // Fills pools, caches and the thread pool, with faults of its own.
        await RunAsync(site, users, new LoadPlan(4 * Users, timeouts: 0));
        FillStores(site.Emulator);
        var before = await ProcessState.TakeAsync();

        var watch = Stopwatch.StartNew();
        var worked = Environment.CpuUsage.TotalTime;
        await RunAsync(site, users, new LoadPlan(SignIns, timeouts: 4));
        worked = Environment.CpuUsage.TotalTime - worked;

        var after = await ProcessState.TakeAsync();
        Write($"{watch.Elapsed.TotalSeconds:F1} s, of work {worked.TotalSeconds:F1} s; before: {before}; after: {after}");
        Assert.Empty(unobserved.Reported);
        Assert.DoesNotContain(site.AllLogs.GetSnapshot(), record => record.Level >= LogLevel.Error);

        // Work and not time: what else the machine has to do is no fault of the site.
        Assert.InRange(worked, TimeSpan.Zero, _minute);
        Assert.InRange(after.Handles, 0, before.Handles + MoreHandles);
        Assert.InRange(after.Threads, 0, before.Threads + MoreThreads);
        Assert.InRange(after.Memory, 0, before.Memory + MoreMemory);
    }

    private static Task<TestSite> StartAsync() => BrokenServerSite.StartAsync(
        emulator =>
        {
            emulator.JournalCapacity = 10 * SignIns;
            (emulator.MaxTokens, emulator.MaxCodes) = (SignIns, 2 * Users);
        },
        services: services => services.PostConfigure<BinanceAuthenticationOptions>(
            BinanceAuthenticationDefaults.AuthenticationScheme,

            // An idle connection is closed within seconds, so that a leaked one can be found.
            options => ((SocketsHttpHandler)options.BackchannelHttpHandler!).PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1)),
        level: LogLevel.Error,
        time: TimeProvider.System);

    private static List<EmulatorUser> AddUsers(BinanceEmulator emulator)
    {
        emulator.Users.Clear();
        for (var i = 0; i < Users; i++)
        {
            var userId = i.ToString("x32", CultureInfo.InvariantCulture);
            emulator.Users.Add(new EmulatorUser { UserId = userId, Email = $"user-{i}@example.com", Label = $"User {i}" });
        }

        return [.. emulator.Users];
    }

    // The emulator keeps its latest tokens. From here on it keeps new ones instead of old ones, and no more than now.
    private static void FillStores(BinanceEmulator emulator)
    {
        for (var i = 0; i < SignIns; i++)
        {
            emulator.Tokens.Issue();
        }
    }

    private static async Task RunAsync(TestSite site, IReadOnlyList<EmulatorUser> users, LoadPlan plan)
    {
        var run = new LoadRun(site, users, plan);
        await run.SignInAsync();
        run.AssertNoUsersAreMixedUp();
        run.AssertFaultsWereMet();
        Write(run.Describe());

        site.Failures.Clear();
        site.Emulator.Faults.Clear();
        site.Emulator.Requests.Clear();
        Assert.True(
            await ProcessState.NoConnectionIsOpenAsync(_minute, site.Address, site.Emulator.BaseAddress),
            "A connection was not closed.");
    }

    private static void Write(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
