using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// Many requests of one session at once, spread evenly over the farm.
/// </summary>
internal static class Rush
{
    private const string Started = "Request starting HTTP/1.1 GET http://www.example.com/api/me";

    /// <summary>Sends them and waits for the answers.</summary>
    public static Task<Answer[]> SendAsync(WebFarm farm, Visitor visitor, int count) => Task.WhenAll(Send(farm, visitor, count));

    /// <summary>Sends them while the emulator holds whoever refreshes: none is answered before all have arrived.</summary>
    /// <param name="farm">The farm.</param>
    /// <param name="visitor">Whose session it is.</param>
    /// <param name="count">How many.</param>
    /// <param name="meanwhile">What happens while all of them wait.</param>
    public static async Task<Answer[]> SendTogetherAsync(WebFarm farm, Visitor visitor, int count, Func<Task>? meanwhile = null)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var before = farm.Sites.Select(site => site.CountLines(Started)).ToList();
        using var hold = farm.Binance.Faults.Hold(EmulatorEndpoint.Token);

        var answers = Send(farm, visitor, count);
        await Task.WhenAll(farm.Sites.Select((site, index) => site.WaitForLinesAsync(Started, before[index] + Share(farm, count, index), cancellation)));
        await hold.WaitForCallsAsync(1, cancellation);
        await (meanwhile?.Invoke() ?? Task.CompletedTask);

        hold.Release();
        return await Task.WhenAll(answers);
    }

    private static List<Task<Answer>> Send(WebFarm farm, Visitor visitor, int count)
        => [.. Enumerable.Range(0, count).Select(number => visitor.MeAsync(farm.Sites[number % farm.Sites.Count], visitor.Session!))];

    private static int Share(WebFarm farm, int count, int index) => Enumerable.Range(0, count).Count(number => number % farm.Sites.Count == index);
}
