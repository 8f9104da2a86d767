using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// The figures of one run of a test. When it ends, also when it fails, they are printed as a row of a table. <c>FARM_TABLE</c> names a file for
/// the table, with one row for all runs of a kind.
/// </summary>
/// <param name="farm">The farm.</param>
/// <param name="what">What fails.</param>
/// <param name="repetition">Which run it is.</param>
internal sealed class FarmRow(WebFarm farm, string what, int repetition) : IDisposable
{
    private static readonly ConcurrentDictionary<string, ConcurrentBag<FarmRow>> _rows = new(StringComparer.Ordinal);
    private static readonly Lock _file = new();

    private int _requests;
    private int _errors;
    private int _lost;
    private int? _refreshes;
    private TimeSpan _longest;

    /// <summary>Adds responses.</summary>
    public SiteResponse[] Add(params SiteResponse[] responses)
    {
        _requests += responses.Length;
        _errors += responses.Count(response => response.Status >= HttpStatusCode.InternalServerError);
        _lost = Math.Max(_lost, responses.Any(response => response.Status is HttpStatusCode.Unauthorized) ? 1 : 0);
        _longest = responses.Select(response => response.Wait).Append(_longest).Max();
        return responses;
    }

    /// <summary>Adds responses to a signed-in user, each within this time.</summary>
    public SiteResponse[] AddSignedIn(TimeSpan longest, params SiteResponse[] responses)
    {
        Add(responses);
        Assert.All(responses, response => response.IsSignedIn());
        Assert.All(responses, response => Assert.InRange(response.Wait, TimeSpan.Zero, longest + Limits.BusyMachine));
        return responses;
    }

    /// <summary>Adds responses to a signed-in user that waited for no store and no other process.</summary>
    public void AddAtOnce(params SiteResponse[] responses)
    {
        AddSignedIn(Limits.AtOnce, responses);
        Assert.InRange(responses.Min(response => response.Wait), TimeSpan.Zero, Limits.AtOnce);
    }

    /// <summary>Records the number of refresh calls so far.</summary>
    public int CountRefreshes()
    {
        _refreshes = farm.RefreshCalls;
        return _refreshes.Value;
    }

    /// <summary>Sends one request to each process, until all of them have new tokens.</summary>
    /// <param name="browser">Whose session it is.</param>
    /// <param name="before">The old access token.</param>
    /// <param name="longest">The longest time of a request.</param>
    public async Task UntilRefreshedAsync(FarmBrowser browser, string before, TimeSpan longest)
    {
        bool isRefreshed;
        do
        {
            var responses = AddSignedIn(longest, await Burst.SendAsync(farm, browser, farm.Sites.Count));
            isRefreshed = responses.All(response => response.Session is { Length: > 0 }) || await farm.Tickets.AccessTokenAsync(browser.Session!) != before;
        }
        while (!isRefreshed);
    }

    /// <summary>The session is valid on every process, which can refresh it. Otherwise it counts as lost.</summary>
    public async Task CanRefreshEverywhereAsync(FarmBrowser browser)
    {
        try
        {
            await browser.IsSignedInEverywhereAsync(farm);
            Assert.Equal(_refreshes, farm.RefreshCalls);
            foreach (var site in farm.Sites)
            {
                await IsRefreshedAsync(browser, site);
            }
        }
        catch
        {
            _lost = 1;
            throw;
        }
    }

    public void Dispose()
    {
        // A test that fails may not have recorded it.
        _refreshes ??= farm.RefreshCalls;
        var rows = _rows.GetOrAdd(what, _ => []);
        rows.Add(this);
        TestContext.Current.TestOutputHelper?.WriteLine($"{repetition}: {Line(what, [this])}");
        if (Environment.GetEnvironmentVariable("FARM_TABLE") is { Length: > 0 } file)
        {
            lock (_file)
            {
                File.WriteAllLines(file, [
                    "| what | runs | requests | refreshes of a run | sessions lost | 5xx | longest wait |",
                    "|---|---|---|---|---|---|---|",
                    .. _rows.OrderBy(row => row.Key, StringComparer.Ordinal).Select(row => Line(row.Key, row.Value)),
                ]);
            }
        }
    }

    private async Task IsRefreshedAsync(FarmBrowser browser, FarmSite site)
    {
        // A process that waited for another one's call may write that outcome now, over the expired tokens. One that lost its connection to a store
        // during a refresh keeps that failure for 30 seconds.
        var calls = farm.RefreshCalls;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(40) && farm.RefreshCalls == calls;)
        {
            await browser.ExpireTokensAsync();
            (await browser.GetAsync(site, "/api/me")).IsSignedIn();
        }

        Assert.Equal(calls + 1, farm.RefreshCalls);
    }

    private static string Line(string what, ConcurrentBag<FarmRow> runs)
    {
        var refreshes = string.Join(", ", runs.Select(run => run._refreshes).Distinct().Order());
        var longest = runs.Max(run => run._longest).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        return $"| {what} | {runs.Count} | {runs.Sum(run => run._requests)} | {refreshes} | {runs.Sum(run => run._lost)} | {runs.Sum(run => run._errors)} | {longest} s |";
    }
}
