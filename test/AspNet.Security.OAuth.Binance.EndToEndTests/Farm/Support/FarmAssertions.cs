using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

internal static class FarmAssertions
{
    /// <summary>The beginning of a warning of the provider on the console.</summary>
    public const string Warning = "warn: AspNet.Security.OAuth.Binance.";

    /// <summary>The beginning of an error of the provider on the console.</summary>
    public const string Error = "fail: AspNet.Security.OAuth.Binance.";

    private const string Reconnected = "Redis is available again";

    public static void AssertSignedIn(this SiteResponse response)
    {
        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.Equal(BinanceEmulatorDefaults.UserId, response.ReadUserId());
    }

    public static async Task AssertSignedInEverywhereAsync(this FarmBrowser browser, WebFarm farm)
    {
        foreach (var site in farm.Sites)
        {
            (await browser.GetMeAsync(site, browser.Session!)).AssertSignedIn();
        }
    }

    /// <summary>Each process responds to a copy of a session's cookie with 401, and sets no cookie.</summary>
    public static async Task AssertSignedOutEverywhereAsync(this FarmBrowser browser, WebFarm farm, string copy)
    {
        foreach (var site in farm.Sites)
        {
            var response = await browser.GetMeAsync(site, copy);
            Assert.Equal(HttpStatusCode.Unauthorized, response.Status);
            Assert.Empty(response.SetCookies);
        }
    }

    /// <summary>Each process responds to a copy of a session's cookie with 401, and sets no session cookie.</summary>
    public static async Task AssertRejectedEverywhereAsync(this FarmBrowser browser, WebFarm farm, string copy)
    {
        foreach (var site in farm.Sites)
        {
            var response = await browser.GetMeAsync(site, copy);
            Assert.Equal(HttpStatusCode.Unauthorized, response.Status);
            Assert.True(string.IsNullOrEmpty(response.Session));
        }
    }

    /// <summary>The session that these responses renewed is valid on every process.</summary>
    public static Task AssertCanRefreshEverywhereAsync(this WebFarm farm, FarmBrowser browser, IEnumerable<SiteResponse> responses)
    {
        browser.Session = responses.Last(response => response.Session is { Length: > 0 }).Session;
        return farm.AssertCanRefreshEverywhereAsync(browser);
    }

    /// <summary>
    /// The browser's session is valid on every process without another refresh, and its refresh token is the current one: it can be
    /// refreshed on every process.
    /// </summary>
    /// <param name="farm">The farm.</param>
    /// <param name="browser">Whose session it is.</param>
    /// <param name="retryFor">How long a process may use an earlier outcome or failure instead. By default, its first request refreshes.</param>
    public static async Task AssertCanRefreshEverywhereAsync(this WebFarm farm, FarmBrowser browser, TimeSpan retryFor = default)
    {
        var calls = farm.RefreshCalls;
        foreach (var site in farm.Sites)
        {
            (await browser.GetAsync(site, "/api/me")).AssertSignedIn();
        }

        Assert.Equal(calls, farm.RefreshCalls);
        foreach (var site in farm.Sites)
        {
            calls++;
            await Retry.UntilAsync($"{site.Address} refreshes the tokens", retryFor, async () =>
            {
                await browser.ExpireTokensAsync();
                (await browser.GetAsync(site, "/api/me")).AssertSignedIn();
                return farm.RefreshCalls >= calls;
            });
            Assert.Equal(calls, farm.RefreshCalls);
        }
    }

    /// <summary>Waits until this many processes have logged a warning of the provider.</summary>
    public static Task WaitForWarningsAsync(this WebFarm farm, int count, CancellationToken cancellationToken)
        => farm.WaitForLinesAsync(Warning, count, cancellationToken);

    /// <summary>Waits until this many processes have logged a line that contains the text.</summary>
    public static async Task WaitForLinesAsync(this WebFarm farm, string text, int count, CancellationToken cancellationToken)
    {
        var waiting = farm.Sites.Select(site => site.WaitForLinesAsync(text, 1, cancellationToken)).ToList();
        for (; count > 0; count--)
        {
            var logged = await Task.WhenAny(waiting);
            await logged;
            waiting.Remove(logged);
        }
    }

    /// <summary>Sends requests until a condition is met.</summary>
    /// <param name="farm">The farm.</param>
    /// <param name="expected">The condition in words.</param>
    /// <param name="limit">The time after which the test fails.</param>
    /// <param name="isMet">The condition.</param>
    public static Task SendUntilAsync(this WebFarm farm, string expected, TimeSpan limit, Func<bool> isMet)
    {
        var other = farm.NewBrowser();
        return Retry.UntilAsync(expected, limit, async () =>
        {
            await other.GetAsync(farm.Sites[0], "/");
            return isMet();
        });
    }

    /// <summary>Restarts Redis and waits until these processes have reconnected.</summary>
    public static Task RestartRedisAsync(this WebFarm farm, IEnumerable<FarmSite> sites, CancellationToken cancellationToken)
        => sites.ReconnectAsync(() => farm.Redis.RestartAsync(cancellationToken), cancellationToken);

    /// <summary>Runs an action that lets these processes reconnect to Redis, and waits until they have done so.</summary>
    public static async Task ReconnectAsync(this IEnumerable<FarmSite> sites, Func<Task> action, CancellationToken cancellationToken)
    {
        var before = sites.Select(site => (Site: site, Count: site.CountLines(Reconnected))).ToList();
        await action();
        await Task.WhenAll(before.Select(site => site.Site.WaitForLinesAsync(Reconnected, site.Count + 1, cancellationToken)));
    }
}
