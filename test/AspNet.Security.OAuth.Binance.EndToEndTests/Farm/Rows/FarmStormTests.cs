using System.Net;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Rows;

/// <summary>
/// Sixty requests at three processes, whose connections to the stores end.
/// </summary>
[Collection("Web farm")]
public sealed class FarmStormTests
{
    public static TheoryData<bool, int> Sessions => Repetitions.Of(false, true);

    [Theory(Timeout = WebFarm.Patience)]
    [MemberData(nameof(Sessions))]
    public async Task Connections_to_Redis_that_end_cost_no_second_refresh(bool onServer, int repetition)
    {
        const string Back = "Redis is back";
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(LockStore.Redis, cancellation, WebFarm.Sessions(onServer));
        await ConnectAsync(farm);

        // A pause beyond "back" changes nothing, because nobody has seen an outage.
        await StormAsync(farm, "Redis connections end", onServer, repetition, before: EndAsync);
        await StormAsync(farm, "Redis connections have ended and are back", onServer, repetition, before: async () =>
        {
            var counts = farm.Sites.Select(site => site.CountLines(Back)).ToList();
            await EndAsync();
            await Task.WhenAll(farm.Sites.Select((site, index) => site.WaitForLinesAsync(Back, counts[index] + 1, cancellation)));
        });
        await StormAsync(farm, "Redis connections end in the middle", onServer, repetition, during: EndAsync);

        async Task EndAsync() => Assert.InRange(await farm.Redis.EndConnectionsAsync(), farm.Sites.Count, int.MaxValue);
    }

    [Theory(Timeout = WebFarm.Patience)]
    [MemberData(nameof(Sessions))]
    public async Task Connections_to_PostgreSQL_that_end_cost_no_second_refresh(bool onServer, int repetition)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(LockStore.Postgres, cancellation, WebFarm.Sessions(onServer));
        await ConnectAsync(farm);

        // Clients find out at their next command. Not in the middle: a lock ends with its connection, also when a call goes on.
        await StormAsync(farm, "PostgreSQL connections end", onServer, repetition, before: async () =>
            Assert.InRange(await farm.Postgres!.EndConnectionsAsync(idleOnly: true, cancellation), farm.Sites.Count, int.MaxValue));
        await StormAsync(farm, "PostgreSQL has been restarted", onServer, repetition, before: async () =>
        {
            await farm.Postgres!.StopAsync();
            await farm.Postgres.StartAgainAsync(cancellation);
        });
    }

    private static async Task StormAsync(WebFarm farm, string what, bool onServer, int repetition, Func<Task>? before = null, Func<Task>? during = null)
    {
        using var row = new FarmRow(farm, $"{what}, sessions {(onServer ? "on the server" : "in the cookie")}", repetition);
        var visitor = farm.NewVisitor();
        await visitor.SignInAsync(farm.Sites[0], farm.Sites[0]);
        await visitor.BeDueAsync();
        farm.Binance.Requests.Clear();

        await (before?.Invoke() ?? Task.CompletedTask);
        var storm = Rush.SendAsync(farm, visitor, 60);
        await (during?.Invoke() ?? Task.CompletedTask);
        visitor.Take(IsServed(onServer, row.Add(await storm)));

        // On a busy machine a new connection may take longer than the retries. Sessions on the server are then told to try again, and those in
        // the cookie keep their tokens, for a while.
        while (farm.RefreshCalls == 0)
        {
            visitor.Take(IsServed(onServer, row.Add(await Rush.SendAsync(farm, visitor, farm.Sites.Count))));
        }

        Assert.Equal(1, row.CountRefreshes());
        await row.KnowsEverywhereAsync(visitor);
    }

    private static Answer[] IsServed(bool onServer, Answer[] answers)
    {
        Assert.All(answers.Where(answer => !onServer || answer.Status is not HttpStatusCode.ServiceUnavailable), answer => answer.IsSignedIn());
        Assert.All(answers, answer => Assert.InRange(answer.Wait, TimeSpan.Zero, Limits.StoreHangs + Limits.BusyMachine));
        return answers;
    }

    // Each process has used its lock, whose connection is then idle in a pool.
    private static async Task ConnectAsync(WebFarm farm)
    {
        foreach (var site in farm.Sites)
        {
            var earlier = farm.NewVisitor();
            await earlier.SignInLongAgoAsync(site);
            (await earlier.GetAsync(site, "/api/me")).IsSignedIn();
        }
    }
}
