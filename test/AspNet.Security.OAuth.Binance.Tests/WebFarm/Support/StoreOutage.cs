using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

/// <summary>
/// An outage of a farm's cache, lock, or both.
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
/// The outages as theory data, the timeouts that apply in one, and the requests that check them.
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

    /// <summary>Whether commands never complete. Tests then send one request: several would start to wait at different times.</summary>
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

    /// <summary>How many commands the cache and the lock received.</summary>
    public static int Commands(this Farm farm) => farm.Store.Commands.Count + farm.Locks.Count(LockCommand.Acquire);

    /// <summary>Sends a request that completes within a time.</summary>
    public static async Task<SiteResponse> GetWithinAsync(this SiteBrowser browser, TestTime clock, TimeSpan most, string path = "/session")
    {
        var others = clock.Timers;
        var response = browser.SendAsync(path);
        await clock.PassUpToAsync(response, most, others);
        browser.Receive(await response);
        return await response;
    }

    /// <summary>Sends requests until the session has the tokens of a call in the background. The user stays signed in.</summary>
    public static async Task<SiteSession> UntilRenewedAsync(this SiteBrowser browser, string? old)
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

    /// <summary>Sends requests, with the pause of an outage in between, until the session meets a condition.</summary>
    public static async Task<SiteSession> UntilAsync(this SiteBrowser browser, Func<SiteSession, bool> expected, TestTime clock)
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

        throw new TimeoutException("The session does not meet the condition.");
    }

    /// <summary>Asserts the number of warnings about the farm's lock or cache, and that there is no other warning or error.</summary>
    public static void AssertWarned(this TestSite site, int times)
    {
        Assert.Equal(Enumerable.Repeat("FarmUnavailable", times), site.Logged(LogLevel.Warning).Select(record => record.Id.Name));
        Assert.Empty(site.Logged(LogLevel.Error));
    }

    private static Task Failing(bool throws)
        => throws ? Task.FromException(new InvalidOperationException("the connection is lost")) : new TaskCompletionSource().Task;
}
