using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A cache that hangs, fails late, or is shared without a lock.
/// </summary>
public sealed class CacheFaultTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_clock_that_is_set_back_does_not_prolong_an_outage()
    {
        await using var site = await ProbedSite.StartAsync();
        var browser = await site.Site.SignedInAsync();
        site.Store.InsteadOfRead = () => new TaskCompletionSource().Task;
        var page = browser.SendAsync("/session");
        while (!page.IsCompleted)
        {
            // Three reads wait, each by a timer of its own.
            site.Site.Clock.Advance(TimeSpan.FromSeconds(3));
            await Task.Yield();
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await page).Status);
        site.Store.InsteadOfRead = null;

        site.Site.Clock.AdjustTime(site.Site.Clock.GetUtcNow() - TimeSpan.FromHours(1));
        site.Site.Clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync("/session")).Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sign_out_by_an_image_while_the_cache_is_away_deletes_no_cookie()
    {
        await using var site = await ProbedSite.StartAsync();
        var browser = await site.Site.SignedInAsync();
        site.Store.InsteadOfRead = () => throw new InvalidOperationException("The cache is away.");
        using var client = new HttpClient(site.Site.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.Site.Address, "/sign-out"));
        request.Headers.TryAddWithoutValidation("Cookie", browser.CookieHeader);
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Dest", "image");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refusal_of_tokens_that_another_process_has_spent_does_not_end_the_session_that_it_has_stored()
    {
        await using var site = await ProbedSite.StartAsync();
        await using var neighbour = await site.StartNeighbourAsync();
        var browser = await site.Site.SignedInAsync();
        site.Site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Rotate;
        site.Site.Clock.Pass(TimeSpan.FromMinutes(56));
        var entry = site.Store.Keys.Single(key => key.Contains(":ticket:", StringComparison.Ordinal));
        var before = site.Store.Find(entry)!;
        var refreshed = await browser.SessionAsync();
        var after = site.Store.Find(entry)!;

        // The neighbour has read the session before it was written.
        site.Store.Tamper(entry, before);
        using var hold = site.Site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var late = browser.Copy(neighbour).SendAsync("/session");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        site.Store.Tamper(entry, after);
        hold.Release();

        Assert.Equal(refreshed.AccessToken, (await late).Session.AccessToken);
        Assert.Equal(refreshed.AccessToken, (await browser.SessionAsync()).AccessToken);
        Assert.Equal(2, site.Site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_thousand_requests_of_a_session_that_is_due_refresh_and_write_it_once()
    {
        await using var site = await ProbedSite.StartAsync();
        var browser = await site.Site.SignedInAsync();
        site.Site.Clock.Pass(TimeSpan.FromMinutes(56));
        var written = site.Store.Written.Count;

        var answers = await browser.SendManyAsync(1000);

        Assert.All(answers, answer => Assert.True(answer.Session.SignedIn));
        Assert.Equal(1, site.Site.RefreshCalls);
        Assert.Equal(written + 1, site.Store.Written.Count);
    }
}
