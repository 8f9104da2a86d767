using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

internal static class FarmAssertions
{
    /// <summary>The beginning of a warning of the provider on the console.</summary>
    public const string Warning = "warn: AspNet.Security.OAuth.Binance.";

    /// <summary>The beginning of an error of the provider on the console.</summary>
    public const string Error = "fail: AspNet.Security.OAuth.Binance.";

    public static void IsSignedIn(this SiteResponse response)
    {
        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.Equal(BinanceEmulatorDefaults.UserId, response.ReadUserId());
    }

    public static async Task IsSignedInEverywhereAsync(this FarmBrowser browser, WebFarm farm)
    {
        foreach (var site in farm.Sites)
        {
            (await browser.GetMeAsync(site, browser.Session!)).IsSignedIn();
        }
    }

    /// <summary>Each process responds to a copy of a session's cookie with 401, and sets no cookie.</summary>
    public static async Task IsSignedOutEverywhereAsync(this FarmBrowser browser, WebFarm farm, string copy)
    {
        foreach (var site in farm.Sites)
        {
            var response = await browser.GetMeAsync(site, copy);
            Assert.Equal(HttpStatusCode.Unauthorized, response.Status);
            Assert.Empty(response.SetCookies);
        }
    }

    /// <summary>Each process responds to a copy of a session's cookie with 401, and sets no session cookie.</summary>
    public static async Task IsRejectedEverywhereAsync(this FarmBrowser browser, WebFarm farm, string copy)
    {
        foreach (var site in farm.Sites)
        {
            var response = await browser.GetMeAsync(site, copy);
            Assert.Equal(HttpStatusCode.Unauthorized, response.Status);
            Assert.True(string.IsNullOrEmpty(response.Session));
        }
    }

    /// <summary>The session that these responses renewed is valid on every process.</summary>
    public static Task CanRefreshEverywhereAsync(this WebFarm farm, FarmBrowser browser, IEnumerable<SiteResponse> responses)
    {
        browser.Session = responses.Last(response => response.Session is { Length: > 0 }).Session;
        return farm.CanRefreshEverywhereAsync(browser);
    }

    /// <summary>
    /// The browser's session is valid on every process without another refresh, and its refresh token is the current one: it can be
    /// refreshed on every process.
    /// </summary>
    public static async Task CanRefreshEverywhereAsync(this WebFarm farm, FarmBrowser browser)
    {
        var calls = farm.RefreshCalls;
        foreach (var site in farm.Sites)
        {
            (await browser.GetAsync(site, "/api/me")).IsSignedIn();
        }

        Assert.Equal(calls, farm.RefreshCalls);
        foreach (var site in farm.Sites)
        {
            await browser.ExpireTokensAsync();
            (await browser.GetAsync(site, "/api/me")).IsSignedIn();
        }

        Assert.Equal(calls + farm.Sites.Count, farm.RefreshCalls);
    }

    /// <summary>Waits until this many processes have logged a warning of the provider.</summary>
    public static async Task WarnsAsync(this WebFarm farm, int count, CancellationToken cancellationToken)
    {
        var warned = farm.Sites.Select(site => site.WaitForLinesAsync(Warning, 1, cancellationToken)).ToList();
        for (; count > 0; count--)
        {
            warned.Remove(await Task.WhenAny(warned));
        }
    }

    /// <summary>Sends requests until a condition is met.</summary>
    public static async Task SendUntilAsync(this WebFarm farm, Func<bool> isMet)
    {
        var newcomer = farm.NewBrowser();
        while (!isMet())
        {
            await newcomer.GetAsync(farm.Sites[0], "/");
        }
    }

    /// <summary>Restarts Redis and waits until these processes have reconnected.</summary>
    public static async Task RestartRedisAsync(this WebFarm farm, IEnumerable<FarmSite> sites, CancellationToken cancellationToken)
    {
        const string Available = "Redis is available again";
        var before = sites.Select(site => (Site: site, Count: site.CountLines(Available))).ToList();
        await farm.Redis.RestartAsync(cancellationToken);
        await Task.WhenAll(before.Select(site => site.Site.WaitForLinesAsync(Available, site.Count + 1, cancellationToken)));
    }
}
