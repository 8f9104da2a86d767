using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A cache that hangs while the clock is set back, or that two processes share without a lock.
/// </summary>
public sealed class CacheFaultTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_clock_that_is_set_back_does_not_prolong_an_outage()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Store().InsteadOfRead = () => new TaskCompletionSource().Task;
        var page = browser.SendAsync("/session");
        while (!page.IsCompleted)
        {
            // Three reads wait, each by a timer of its own.
            site.Clock.Advance(TimeSpan.FromSeconds(3));
            await Task.Yield();
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await page).Status);
        site.Store().InsteadOfRead = null;

        site.Clock.AdjustTime(site.Clock.GetUtcNow() - TimeSpan.FromHours(1));
        site.Clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync("/session")).Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refusal_of_spent_tokens_does_not_end_the_session_that_another_process_has_stored()
    {
        await using var site = await ServerSite.StartAsync();
        await using var neighbour = await site.StartWithSameCacheAsync();
        var browser = await site.SignedInAsync();
        site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Rotate;
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        var entry = site.Store().Keys.Single(key => key.StartsWith(ServerSite.Ticket, StringComparison.Ordinal));
        var before = site.Store().Find(entry)!;
        var refreshed = await browser.SessionAsync();
        var after = site.Store().Find(entry)!;

        // The other process has read the session before it was written.
        site.Store().Tamper(entry, before);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var late = browser.Copy(neighbour).SendAsync("/session");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        site.Store().Tamper(entry, after);
        hold.Release();

        Assert.Equal(refreshed.AccessToken, (await late).Session.AccessToken);
        Assert.Equal(refreshed.AccessToken, (await browser.SessionAsync()).AccessToken);
        Assert.Equal(2, site.RefreshCalls);
    }
}
