using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

/// <summary>
/// Measures what docs/scaling.md says.
/// </summary>
[Collection("Web farm")]
public sealed class FarmSizeTests(ITestOutputHelper output)
{
    private const string Entries = "SampleWeb:AspNet*";

    [Fact(Timeout = WebFarm.Patience)]
    public async Task Figures_of_the_document_are_what_is_measured()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation);
        var figures = new Figures(farm.Redis);

        // What a process does only once, such as loading a script into Redis, is not measured.
        foreach (var site in farm.Sites)
        {
            var earlier = farm.NewVisitor();
            await earlier.SignInLongAgoAsync(site);
            foreach (var any in farm.Sites)
            {
                await earlier.MeAsync(any, earlier.Session!);
            }
        }

        var visitor = farm.NewVisitor();
        using (var monitor = await RedisMonitor.StartAsync(farm.Redis.Port, cancellation))
        {
            await figures.CountAsync(monitor, "Redis commands of a sign-in", () => visitor.SignInAsync(farm.Sites[0], farm.Sites[1]));
            await figures.CountAsync(monitor, "Redis commands of a request whose tokens are fresh", () => visitor.GetAsync(farm.Sites[2], "/api/me"));
            figures["session cookie, with its name"] = $"{Visitor.SessionCookie}={visitor.Session}".Length;

            await visitor.AgeAsync();
            await figures.CountAsync(monitor, "Redis commands of a refresh", () => visitor.MeAsync(farm.Sites[0], visitor.Session!));
            await figures.CountAsync(monitor, "Redis commands of a process that finds the outcome", () => visitor.GetAsync(farm.Sites[1], "/"));
            await figures.CountAsync(monitor, "Redis commands of a sign-out", () => visitor.SignOutAsync(farm.Sites[2], farm.Sites[2]));

            visitor = farm.NewVisitor();
            var callback = await visitor.ConsentAsync(farm.Sites[0]);
            var added = await farm.Redis.AddedMemoryAsync(Entries, () => visitor.ComeBackAsync(farm.Sites[0], callback, isLost: true));
            Assert.Equal(2, added.Count);
            figures["outcome of a sign-in in Redis, for a minute"] = added.Max();
            figures["count of the processes that hold its tokens, for ten minutes"] = added.Min();
            await figures.CountAsync(monitor, "Redis commands of its second delivery, at another process", () => visitor.ComeBackAsync(farm.Sites[1], callback));
        }

        figures["end of a session in Redis, until its ticket ends"] = Assert.Single(await farm.Redis.MemoryAsync(Entries + ":session:*"));

        visitor = farm.NewVisitor();
        await visitor.SignInLongAgoAsync(farm.Sites[0]);
        figures["Redis traffic of a refresh, both ways"] = await farm.Redis.TrafficAsync(() => visitor.MeAsync(farm.Sites[0], visitor.Session!));

        visitor = farm.NewVisitor();
        await visitor.SignInLongAgoAsync(farm.Sites[0]);
        figures["outcome of a refresh in Redis, for ten minutes"] = Assert.Single(
            await farm.Redis.AddedMemoryAsync(Entries, () => visitor.MeAsync(farm.Sites[0], visitor.Session!)));

        visitor = farm.NewVisitor();
        await visitor.SignInLongAgoAsync(farm.Sites[0]);
        await Rush.SendTogetherAsync(farm, visitor, 1, async () =>
            figures["lock in Redis, while the call runs"] = Assert.Single(await farm.Redis.MemoryAsync("*:lock")));
        var keys = (await farm.Redis.ConnectAsync()).GetDatabase();
        figures["data-protection key in Redis, each"] = (await keys.ListGetByIndexAsync("SampleWeb:DataProtection-Keys", 0)).Length();

        output.WriteLine(figures.ToString());
        await figures.AreDocumentedAsync("measured", cancellation);
    }
}
