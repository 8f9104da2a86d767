using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// The figures of one run of a test, which is one row of a table when it ends, also when it fails. <c>FARM_TABLE</c> names the file of the
/// table: one row for all runs of the same kind.
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
    public Answer[] Add(params Answer[] answers)
    {
        _requests += answers.Length;
        _errors += answers.Count(answer => answer.Status >= HttpStatusCode.InternalServerError);
        _lost = Math.Max(_lost, answers.Any(answer => answer.Status is HttpStatusCode.Unauthorized) ? 1 : 0);
        _longest = answers.Select(answer => answer.Wait).Append(_longest).Max();
        return answers;
    }

    /// <summary>Adds responses to a user who is signed in, none of whom waited for longer than this.</summary>
    public Answer[] AddSignedIn(TimeSpan longest, params Answer[] answers)
    {
        Add(answers);
        Assert.All(answers, answer => answer.IsSignedIn());
        Assert.All(answers, answer => Assert.InRange(answer.Wait, TimeSpan.Zero, longest + Limits.BusyMachine));
        return answers;
    }

    /// <summary>Adds responses to a user who is signed in, who waited for nothing.</summary>
    public void AddAtOnce(params Answer[] answers)
    {
        AddSignedIn(Limits.AtOnce, answers);
        Assert.InRange(answers.Min(answer => answer.Wait), TimeSpan.Zero, Limits.AtOnce);
    }

    /// <summary>Notes how many refreshes the emulator has seen so far.</summary>
    public int CountRefreshes()
    {
        _refreshes = farm.RefreshCalls;
        return _refreshes.Value;
    }

    /// <summary>Sends one request to each process, until all of them have new tokens.</summary>
    /// <param name="visitor">Whose session it is.</param>
    /// <param name="before">The access token of before.</param>
    /// <param name="longest">How long a request waits at most.</param>
    public async Task UntilRefreshedAsync(Visitor visitor, string before, TimeSpan longest)
    {
        bool isRefreshed;
        do
        {
            var answers = AddSignedIn(longest, await Rush.SendAsync(farm, visitor, farm.Sites.Count));
            isRefreshed = answers.All(answer => answer.Session is { Length: > 0 }) || await farm.Tickets.AccessTokenAsync(visitor.Session!) != before;
        }
        while (!isRefreshed);
    }

    /// <summary>The session is good on every process, which can refresh it. If it is not, it is lost.</summary>
    public async Task KnowsEverywhereAsync(Visitor visitor)
    {
        try
        {
            await visitor.IsSignedInEverywhereAsync(farm);
            Assert.Equal(_refreshes, farm.RefreshCalls);
            foreach (var site in farm.Sites)
            {
                await IsRefreshedAsync(visitor, site);
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
        // A test that fails has not come so far.
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

    private async Task IsRefreshedAsync(Visitor visitor, FarmSite site)
    {
        // A process that has waited for another one's call may write that outcome now, over the session that was made old.
        const int Attempts = 5;
        var calls = farm.RefreshCalls;
        for (var attempt = 1; attempt <= Attempts && farm.RefreshCalls == calls; attempt++)
        {
            await visitor.AgeAsync();
            (await visitor.GetAsync(site, "/api/me")).IsSignedIn();
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
