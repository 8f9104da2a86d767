using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// Concurrent requests of one session, distributed evenly over the farm.
/// </summary>
internal static class Burst
{
    private const string Started = "Request starting HTTP/1.1 GET http://www.example.com/api/me";

    /// <summary>Sends them and waits for the responses.</summary>
    public static Task<SiteResponse[]> SendAsync(WebFarm farm, FarmBrowser browser, int count) => Task.WhenAll(Send(farm, browser, count));

    /// <summary>Sends them while the emulator holds the refresh call: all arrive before the first response.</summary>
    /// <param name="farm">The farm.</param>
    /// <param name="browser">Whose session it is.</param>
    /// <param name="count">The number of requests.</param>
    /// <param name="meanwhile">Runs while all of them wait.</param>
    public static async Task<SiteResponse[]> SendTogetherAsync(WebFarm farm, FarmBrowser browser, int count, Func<Task>? meanwhile = null)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var before = farm.Sites.Select(site => site.CountLines(Started)).ToList();
        using var hold = farm.Binance.Faults.Hold(EmulatorEndpoint.Token);

        var responses = Send(farm, browser, count);
        await Task.WhenAll(farm.Sites.Select((site, index) => site.WaitForLinesAsync(Started, before[index] + Share(farm, count, index), cancellation)));
        await hold.WaitForCallsAsync(1, cancellation);
        await (meanwhile?.Invoke() ?? Task.CompletedTask);

        hold.Release();
        return await Task.WhenAll(responses);
    }

    private static List<Task<SiteResponse>> Send(WebFarm farm, FarmBrowser browser, int count)
        => [.. Enumerable.Range(0, count).Select(number => browser.GetMeAsync(farm.Sites[number % farm.Sites.Count], browser.Session!))];

    private static int Share(WebFarm farm, int count, int index) => Enumerable.Range(0, count).Count(number => number % farm.Sites.Count == index);
}
