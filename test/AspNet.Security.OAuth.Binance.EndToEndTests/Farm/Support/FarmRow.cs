using System.Collections.Concurrent;
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

    public WebFarm Farm => farm;

    /// <summary>Adds responses.</summary>
    public SiteResponse[] Add(params SiteResponse[] responses)
    {
        _requests += responses.Length;
        _errors += responses.Count(response => response.Status >= HttpStatusCode.InternalServerError);
        _lost = Math.Max(_lost, responses.Any(response => response.Status is HttpStatusCode.Unauthorized) ? 1 : 0);
        _longest = responses.Select(response => response.Wait).Append(_longest).Max();
        return responses;
    }

    /// <summary>Records the number of refresh calls so far.</summary>
    public int CountRefreshes()
    {
        _refreshes = farm.RefreshCalls;
        return _refreshes.Value;
    }

    /// <summary>Runs an assertion about the session, which counts as lost if it fails.</summary>
    public async Task RecordLossAsync(Func<Task> assertion)
    {
        try
        {
            await assertion();
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

    private static string Line(string what, ConcurrentBag<FarmRow> runs)
    {
        var refreshes = string.Join(", ", runs.Select(run => run._refreshes).Distinct().Order());
        var longest = runs.Max(run => run._longest).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        return $"| {what} | {runs.Count} | {runs.Sum(run => run._requests)} | {refreshes} | {runs.Sum(run => run._lost)} | {runs.Sum(run => run._errors)} | {longest} s |";
    }
}
