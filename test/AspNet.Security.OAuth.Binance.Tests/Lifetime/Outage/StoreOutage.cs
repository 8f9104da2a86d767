using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;

/// <summary>
/// What is unavailable of a farm's cache and lock, and how.
/// </summary>
[Flags]
public enum StoreOutage
{
    CacheThrows = 1,
    LockThrows = 2,
    CacheHangs = 4,
    LockHangs = 8,
    BothThrow = CacheThrows | LockThrows,
    BothHang = CacheHangs | LockHangs,
}

/// <summary>
/// The outages, as data of theories, and what tests of them share.
/// </summary>
internal static class StoreOutages
{
    /// <summary>How long a request waits for a refresh while its access token is good.</summary>
    public static readonly TimeSpan GoodWait = TimeSpan.FromSeconds(2);

    /// <summary>How long a store may take before it counts as one that hangs.</summary>
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(3);

    /// <summary>How long a store counts as unavailable after its last failure.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>How long a request waits for a refresh in all.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>The age of tokens that are due and good for four more minutes.</summary>
    public static readonly TimeSpan DueAge = TimeSpan.FromMinutes(56);

    public static TheoryData<StoreOutage> All =>
    [
        StoreOutage.CacheThrows, StoreOutage.LockThrows, StoreOutage.BothThrow, StoreOutage.CacheHangs, StoreOutage.LockHangs, StoreOutage.BothHang,
    ];

    public static TheoryData<StoreOutage> Throwing => [StoreOutage.CacheThrows, StoreOutage.LockThrows, StoreOutage.BothThrow];

    public static TheoryData<StoreOutage> Hanging => [StoreOutage.CacheHangs, StoreOutage.LockHangs, StoreOutage.BothHang];

    /// <summary>Whether commands never complete. One request then waits alone: a crowd does not arrive at once, and would wait from several moments on.</summary>
    public static bool Hangs(this StoreOutage outage) => (outage & StoreOutage.BothHang) is not 0;

    public static void Begin(this Farm farm, StoreOutage outage)
    {
        if ((outage & (StoreOutage.CacheThrows | StoreOutage.CacheHangs)) is not 0)
        {
            farm.Store.Commands.Before = (_, _) => Failing(outage.HasFlag(StoreOutage.CacheThrows));
        }

        if ((outage & (StoreOutage.LockThrows | StoreOutage.LockHangs)) is not 0)
        {
            farm.Locks.Before = (command, _) => command is LockCommand.Acquire ? Failing(outage.HasFlag(StoreOutage.LockThrows)) : Task.CompletedTask;
        }
    }

    public static void Recover(this Farm farm)
    {
        farm.Store.Commands.Recover();
        farm.Locks.Recover();
    }

    /// <summary>How many commands the cache and the lock got.</summary>
    public static int Commands(this Farm farm) => farm.Store.Commands.Count + farm.Locks.Count(LockCommand.Acquire);

    /// <summary>A request that needs no more than so much time.</summary>
    public static async Task<SiteAnswer> GetWithinAsync(this LifetimeBrowser browser, LifetimeClock clock, TimeSpan most, string path = "/session")
    {
        var others = clock.Timers;
        var answer = browser.SendAsync(path);
        await clock.PassUpToAsync(answer, most, others);
        browser.Receive(await answer);
        return await answer;
    }

    /// <summary>Opens pages until the session has other tokens, which a call that goes on without them brings; the user is signed in all the time.</summary>
    public static async Task<SessionView> UntilRenewedAsync(this LifetimeBrowser browser, string? old)
    {
        while (true)
        {
            var session = await browser.SessionAsync();
            Assert.True(session.SignedIn);
            if (session.AccessToken != old)
            {
                return session;
            }

            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Opens pages, and lets the time of an outage pass in between, until the session is as expected.</summary>
    public static async Task<SessionView> UntilAsync(this LifetimeBrowser browser, Func<SessionView, bool> expected, LifetimeClock clock)
    {
        for (var i = 0; i < 20; i++)
        {
            var page = browser.SendAsync("/session");
            await clock.PassUpToAsync(page, LongestWait);
            browser.Receive(await page);
            if (expected((await page).Session))
            {
                return (await page).Session;
            }

            clock.Pass(Pause);
        }

        throw new TimeoutException("The session does not become what is expected of it.");
    }

    /// <summary>The process has warned of the farm's lock or cache so often, and of nothing else.</summary>
    public static void AssertWarned(this LifetimeSite site, int times)
    {
        Assert.Equal(Enumerable.Repeat("FarmUnavailable", times), site.Logged(LogLevel.Warning).Select(record => record.Id.Name));
        Assert.Empty(site.Logged(LogLevel.Error));
    }

    private static Task Failing(bool throws)
        => throws ? Task.FromException(new InvalidOperationException("the connection is lost")) : new TaskCompletionSource().Task;
}
