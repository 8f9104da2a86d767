using System.Globalization;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// Measurements on a farm's Redis, which are compared with a table of docs/scaling.md.
/// </summary>
internal sealed class Figures(RedisServer redis)
{
    // Memory use depends on the version of Redis and its allocator.
    private const double Tolerance = 0.25;

    private readonly Dictionary<string, long> _figures = [];
    private readonly HashSet<string> _counts = [];

    public long this[string name]
    {
        get => _figures[name];
        set => _figures[name] = value;
    }

    /// <summary>
    /// Warms up each process: what it does once, such as loading a script into Redis, is not measured.
    /// </summary>
    /// <param name="farm">The farm.</param>
    /// <param name="end">Ends the sessions, if they are in Redis.</param>
    public static async Task WarmUpAsync(WebFarm farm, Func<FarmBrowser, FarmSite, Task>? end = null)
    {
        foreach (var site in farm.Sites)
        {
            var browser = farm.NewBrowser();
            await browser.SignInWithExpiredTokensAsync(site);
            foreach (var any in farm.Sites)
            {
                await browser.GetMeAsync(any, browser.Session!);
            }

            await (end?.Invoke(browser, site) ?? Task.CompletedTask);
        }
    }

    /// <summary>Measures how many commands reach Redis during an action.</summary>
    public async Task CountAsync(RedisMonitor monitor, string name, Func<Task> action)
    {
        _counts.Add(name);
        var before = await monitor.CountAsync(redis, TestContext.Current.CancellationToken);
        await action();
        this[name] = await monitor.CountAsync(redis, TestContext.Current.CancellationToken) - before;
    }

    /// <summary>
    /// Asserts that the table whose first column has this title contains these figures and no others: numbers of commands exactly, and sizes within the
    /// tolerance.
    /// </summary>
    public async Task AssertDocumentedAsync(string title, CancellationToken cancellationToken)
    {
        var documented = await ReadAsync(title, cancellationToken);
        Assert.Equal(_figures.Keys.Order(), documented.Keys.Order());
        Assert.All(_figures, figure =>
        {
            var tolerance = _counts.Contains(figure.Key) ? 0 : Tolerance;
            Assert.InRange(figure.Value, documented[figure.Key] * (1 - tolerance), documented[figure.Key] * (1 + tolerance));
        });
    }

    public override string ToString() => string.Join('\n', _figures.Select(figure => $"| {figure.Key} | {figure.Value} |"));

    private static async Task<Dictionary<string, long>> ReadAsync(string title, CancellationToken cancellationToken)
    {
        var document = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "scaling.md"), cancellationToken);
        return document
            .SkipWhile(line => !line.StartsWith($"| {title} |", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1], cells => long.Parse(cells[2].Split(' ')[0], CultureInfo.InvariantCulture));
    }
}
