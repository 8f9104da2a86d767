using System.Net;

using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A cache that never responds delays the first requests by 3 s. For the next 5 s it gets no request.
/// </summary>
public sealed class HangingCacheTests
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_request_waits_three_seconds()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();

        var response = await HangAsync(site, browser);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.Empty(response.SetCookies);
        Assert.Equal("SessionsUnavailable", Assert.Single(site.Logged(LogLevel.Error)).Id.Name);
    }

    [Fact]
    public async Task The_cache_gets_no_request_for_five_seconds()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        await HangAsync(site, browser);
        var sent = site.Store().Commands.Count;
        site.Store().Commands.Recover();

        site.Clock.Pass(_pause - TimeSpan.FromTicks(1));
        Assert.All(await browser.SendManyAsync(10), response => Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status));
        Assert.Equal(sent, site.Store().Commands.Count);

        site.Clock.Pass(TimeSpan.FromTicks(1));
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Single(site.Logged(LogLevel.Error));
    }

    [Theory]
    [InlineData(999, true)]
    [InlineData(1000, false)]
    public async Task A_cache_client_that_fails_within_a_second_gets_the_next_request(int milliseconds, bool isUsed)
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var (reached, fails) = (new TaskCompletionSource(), new TaskCompletionSource());
        site.Store().Commands.Before = (_, _) =>
        {
            reached.TrySetResult();
            return fails.Task;
        };
        var page = browser.GetAsync("/session");
        await reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        site.Clock.Pass(TimeSpan.FromMilliseconds(milliseconds));
        fails.SetException(new InvalidOperationException("the connection is lost"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await page).Status);
        site.Store().Commands.Recover();

        Assert.Equal(isUsed ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, (await browser.GetAsync("/session")).Status);
    }

    [Fact]
    public async Task A_cache_that_still_hangs_continues_the_outage()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        await HangAsync(site, browser);
        site.Clock.Pass(_pause);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await HangAsync(site, browser)).Status);

        site.Store().Commands.Recover();
        site.Clock.Pass(_pause);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task An_aborted_request_is_no_outage()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var read = site.Store().Commands.Hold(StoreCommand.Get, ServerSite.Ticket);
        using var closing = new CancellationTokenSource();
        var page = browser.SendUntilAsync("/session", closing.Token);
        await read.Reached;

        await closing.CancelAsync();
        read.Release();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page);

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Logged(LogLevel.Error));
    }

    private static async Task<SiteResponse> HangAsync(TestSite site, SiteBrowser browser)
    {
        site.Store().Commands.Hang();
        var (before, waiting) = (site.Store().Commands.Count, site.Clock.NextTimer(_timeout));
        var page = browser.GetAsync("/session");
        await waiting;
        while (site.Store().Commands.Count < before + 3)
        {
            // A request waits for three commands.
            await Task.Yield();
        }

        site.Clock.Pass(_timeout);
        return await page;
    }
}
