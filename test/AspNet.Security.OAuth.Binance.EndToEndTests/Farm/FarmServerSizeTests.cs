using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

/// <summary>
/// Measures what docs/scaling.md says about sessions on the server.
/// </summary>
[Collection("Web farm")]
public sealed class FarmServerSizeTests(ITestOutputHelper output)
{
    private const string Entries = "SampleWeb:AspNet*";
    private const int More = 10;

    [Fact(Timeout = WebFarm.Patience)]
    public async Task Figures_of_the_document_are_what_is_measured()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation, WebFarm.SessionsOnServer);
        var figures = new Figures(farm.Redis);
        await BeginAsync(farm);

        var visitor = farm.NewVisitor();
        using (var monitor = await RedisMonitor.StartAsync(farm.Redis.Port, cancellation))
        {
            await figures.CountAsync(monitor, "Redis commands of a sign-in", () => visitor.SignInAsync(farm.Sites[0], farm.Sites[1]));
            await figures.CountAsync(monitor, "Redis commands of a request whose tokens are fresh", () => visitor.GetAsync(farm.Sites[2], "/api/me"));
            await figures.CountAsync(monitor, "Redis commands of a page that lists one session", () => visitor.GetAsync(farm.Sites[2], "/profile"));
            figures["session cookie, with its name"] = $"{Visitor.SessionCookie}={visitor.Session}".Length;
            figures["session in Redis, until its ticket ends"] = Assert.Single(await farm.Redis.MemoryAsync(Entries + ":ticket:*"));
            figures["list of a user's sessions, with one"] = Assert.Single(await farm.Redis.MemoryAsync(Entries + ":index:*"));

            await visitor.AgeAsync();
            await figures.CountAsync(monitor, "Redis commands of a refresh", () => visitor.GetAsync(farm.Sites[0], "/api/me"));
            await figures.CountAsync(monitor, "Redis commands of the next request, at another process", () => visitor.GetAsync(farm.Sites[1], "/api/me"));

            var form = await visitor.FormAsync(farm.Sites[2], "/account/logout");
            await figures.CountAsync(monitor, "Redis commands of a sign-out", () => visitor.PostAsync(farm.Sites[2], "/account/logout", form));
            figures["end of a session in Redis, for as long as its ticket lasts and a day"] = Assert.Single(await farm.Redis.MemoryAsync(Entries + ":ended:*"));
            figures["the same for the processes, which keep it in memory, until its ticket ends"] = Assert.Single(await farm.Redis.MemoryAsync(Entries + ":session:*"));

            await visitor.SignInAsync(farm.Sites[0], farm.Sites[0]);
            await farm.NewVisitor().SignInAsync(farm.Sites[0], farm.Sites[0]);
            form = await visitor.FormAsync(farm.Sites[0], "/sessions/end");
            await figures.CountAsync(monitor, "Redis commands of ending one of two sessions", () => visitor.PostAsync(farm.Sites[1], "/sessions/end", form));

            form = await visitor.FormAsync(farm.Sites[0], "/sessions/end-all");
            await figures.CountAsync(monitor, "Redis commands of ending all, with one session", () => visitor.PostAsync(farm.Sites[1], "/sessions/end-all", form));
            figures["that all sessions of a user were ended, in Redis, for 401 days"] = Assert.Single(await farm.Redis.MemoryAsync(Entries + ":generation:*"));
        }

        await MeasureListAsync(farm, figures);
        await MeasureTrafficAsync(farm, figures);

        output.WriteLine(figures.ToString());
        await figures.AreDocumentedAsync("measured with sessions on the server", cancellation);
    }

    // What a process does only once, such as loading a script into Redis, is not measured.
    private static async Task BeginAsync(WebFarm farm)
    {
        foreach (var site in farm.Sites)
        {
            var earlier = farm.NewVisitor();
            await earlier.SignInLongAgoAsync(site);
            foreach (var any in farm.Sites)
            {
                await earlier.MeAsync(any, earlier.Session!);
            }

            await earlier.SignOutEverywhereAsync(site, site);
        }

        await farm.Redis.DeleteAsync(Entries);
    }

    private static async Task MeasureListAsync(WebFarm farm, Figures figures)
    {
        await farm.Redis.DeleteAsync(Entries);
        for (var i = 0; i <= More; i++)
        {
            await farm.NewVisitor().SignInAsync(farm.Sites[0], farm.Sites[0]);
        }

        var list = Assert.Single(await farm.Redis.MemoryAsync(Entries + ":index:*"));
        figures["each further session in that list"] = (list - figures["list of a user's sessions, with one"]) / More;
    }

    private static async Task MeasureTrafficAsync(WebFarm farm, Figures figures)
    {
        var visitor = farm.NewVisitor();
        await visitor.SignInAsync(farm.Sites[0], farm.Sites[0]);
        figures["Redis traffic of a request whose tokens are fresh, both ways"] = await farm.Redis.TrafficAsync(async () =>
        {
            for (var i = 0; i < More; i++)
            {
                await visitor.GetAsync(farm.Sites[1], "/api/me");
            }
        }) / More;

        await visitor.AgeAsync();
        figures["Redis traffic of a refresh, both ways"] = await farm.Redis.TrafficAsync(() => visitor.GetAsync(farm.Sites[0], "/api/me"));
    }
}
