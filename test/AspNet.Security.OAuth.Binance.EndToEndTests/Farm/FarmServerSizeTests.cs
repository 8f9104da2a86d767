using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

/// <summary>
/// Measures the figures of docs/scaling.md for sessions on the server.
/// </summary>
[Collection(WebFarmGroup.Name)]
public sealed class FarmServerSizeTests(ITestOutputHelper output)
{
    private const string Entries = "SampleWeb:AspNet*";
    private const int More = 10;

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Numbers_of_Redis_commands_are_those_of_the_document_and_sizes_differ_by_a_quarter_at_most()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation, WebFarm.SessionsOnServer);
        var figures = new Figures(farm.Redis);
        await Figures.WarmUpAsync(farm, (earlier, site) => earlier.SignOutEverywhereAsync(site, site));
        await farm.Redis.DeleteAsync(Entries);

        var browser = farm.NewBrowser();
        using (var monitor = await RedisMonitor.StartAsync(farm.Redis.Port, cancellation))
        {
            await figures.CountAsync(monitor, "Redis commands of a sign-in", () => browser.SignInAsync(farm.Sites[0], farm.Sites[1]));
            await figures.CountAsync(monitor, "Redis commands of a request whose tokens are fresh", () => browser.GetAsync(farm.Sites[2], "/api/me"));
            await figures.CountAsync(monitor, "Redis commands of a page that lists one session", () => browser.GetAsync(farm.Sites[2], "/profile"));
            figures["session cookie, with its name"] = $"{FarmBrowser.SessionCookie}={browser.Session}".Length;
            figures["session in Redis, until its ticket ends"] = Assert.Single(await farm.Redis.MemoryAsync(Entries + ":ticket:*"));
            figures["list of a user's sessions, with one"] = Assert.Single(await farm.Redis.MemoryAsync(Entries + ":index:*"));

            await browser.ExpireTokensAsync();
            await figures.CountAsync(monitor, "Redis commands of a refresh", () => browser.GetAsync(farm.Sites[0], "/api/me"));
            await figures.CountAsync(monitor, "Redis commands of the next request, at another process", () => browser.GetAsync(farm.Sites[1], "/api/me"));

            var form = await browser.FormAsync(farm.Sites[2], "/account/logout");
            await figures.CountAsync(monitor, "Redis commands of a sign-out", () => browser.PostAsync(farm.Sites[2], "/account/logout", form));
            figures["end of a session in Redis, for as long as its ticket lasts and a day"] = Assert.Single(await farm.Redis.MemoryAsync(Entries + ":ended:*"));
            figures["the same for the processes, which keep it in memory, until its ticket ends"] = Assert.Single(await farm.Redis.MemoryAsync(Entries + ":session:*"));

            await browser.SignInAsync(farm.Sites[0], farm.Sites[0]);
            await farm.NewBrowser().SignInAsync(farm.Sites[0], farm.Sites[0]);
            form = await browser.FormAsync(farm.Sites[0], "/sessions/end");
            await figures.CountAsync(monitor, "Redis commands of ending one of two sessions", () => browser.PostAsync(farm.Sites[1], "/sessions/end", form));

            form = await browser.FormAsync(farm.Sites[0], "/sessions/end-all");
            await figures.CountAsync(monitor, "Redis commands of ending all, with one session", () => browser.PostAsync(farm.Sites[1], "/sessions/end-all", form));
            figures["that all sessions of a user were ended, in Redis, for 401 days"] = Assert.Single(await farm.Redis.MemoryAsync(Entries + ":generation:*"));
        }

        await MeasureListAsync(farm, figures);
        await MeasureTrafficAsync(farm, figures);

        output.WriteLine(figures.ToString());
        await figures.AssertDocumentedAsync("measured with sessions on the server", cancellation);
    }

    private static async Task MeasureListAsync(WebFarm farm, Figures figures)
    {
        await farm.Redis.DeleteAsync(Entries);
        for (var i = 0; i <= More; i++)
        {
            await farm.NewBrowser().SignInAsync(farm.Sites[0], farm.Sites[0]);
        }

        var list = Assert.Single(await farm.Redis.MemoryAsync(Entries + ":index:*"));
        figures["each further session in that list"] = (list - figures["list of a user's sessions, with one"]) / More;
    }

    private static async Task MeasureTrafficAsync(WebFarm farm, Figures figures)
    {
        var browser = farm.NewBrowser();
        await browser.SignInAsync(farm.Sites[0], farm.Sites[0]);
        figures["Redis traffic of a request whose tokens are fresh, both ways"] = await farm.Redis.TrafficAsync(async () =>
        {
            for (var i = 0; i < More; i++)
            {
                await browser.GetAsync(farm.Sites[1], "/api/me");
            }
        }) / More;

        await browser.ExpireTokensAsync();
        figures["Redis traffic of a refresh, both ways"] = await farm.Redis.TrafficAsync(() => browser.GetAsync(farm.Sites[0], "/api/me"));
    }
}
