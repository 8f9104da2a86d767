using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

/// <summary>
/// Measures the figures of docs/scaling.md.
/// </summary>
[Collection(WebFarmGroup.Name)]
public sealed class FarmSizeTests(ITestOutputHelper output)
{
    private const string Entries = "SampleWeb:AspNet*";

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Numbers_of_Redis_commands_are_those_of_the_document_and_sizes_differ_by_a_quarter_at_most()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation);
        var figures = new Figures(farm.Redis);
        await Figures.WarmUpAsync(farm);

        var browser = farm.NewBrowser();
        using (var monitor = await RedisMonitor.StartAsync(farm.Redis.Port, cancellation))
        {
            await figures.CountAsync(monitor, "Redis commands of a sign-in", () => browser.SignInAsync(farm.Sites[0], farm.Sites[1]));
            await figures.CountAsync(monitor, "Redis commands of a request whose tokens are fresh", () => browser.GetAsync(farm.Sites[2], "/api/me"));
            figures["session cookie, with its name"] = $"{FarmBrowser.SessionCookie}={browser.Session}".Length;

            await browser.ExpireTokensAsync();
            await figures.CountAsync(monitor, "Redis commands of a refresh", () => browser.GetMeAsync(farm.Sites[0], browser.Session!));
            await figures.CountAsync(monitor, "Redis commands of a process that finds the outcome", () => browser.GetAsync(farm.Sites[1], "/"));
            await figures.CountAsync(monitor, "Redis commands of a sign-out", () => browser.SignOutAsync(farm.Sites[2], farm.Sites[2]));

            browser = farm.NewBrowser();
            var callback = await browser.ConsentAsync(farm.Sites[0]);
            var added = await farm.Redis.AddedMemoryAsync(Entries, () => browser.FollowCallbackAsync(farm.Sites[0], callback, isLost: true));
            Assert.Equal(2, added.Count);
            figures["outcome of a sign-in in Redis, for a minute"] = added.Max();
            figures["count of the processes that hold its tokens, for ten minutes"] = added.Min();
            await figures.CountAsync(monitor, "Redis commands of its second delivery, at another process", () => browser.FollowCallbackAsync(farm.Sites[1], callback));
        }

        figures["end of a session in Redis, until its ticket ends"] = Assert.Single(await farm.Redis.MemoryAsync(Entries + ":session:*"));

        browser = farm.NewBrowser();
        await browser.SignInWithExpiredTokensAsync(farm.Sites[0]);
        figures["Redis traffic of a refresh, both ways"] = await farm.Redis.TrafficAsync(() => browser.GetMeAsync(farm.Sites[0], browser.Session!));

        browser = farm.NewBrowser();
        await browser.SignInWithExpiredTokensAsync(farm.Sites[0]);
        figures["outcome of a refresh in Redis, for ten minutes"] = Assert.Single(
            await farm.Redis.AddedMemoryAsync(Entries, () => browser.GetMeAsync(farm.Sites[0], browser.Session!)));

        browser = farm.NewBrowser();
        await browser.SignInWithExpiredTokensAsync(farm.Sites[0]);
        await Burst.SendTogetherAsync(farm, browser, 1, async () =>
            figures["lock in Redis, while the call runs"] = Assert.Single(await farm.Redis.MemoryAsync("*:lock")));
        var keys = (await farm.Redis.ConnectAsync()).GetDatabase();
        figures["data-protection key in Redis, each"] = (await keys.ListGetByIndexAsync("SampleWeb:DataProtection-Keys", 0)).Length();

        output.WriteLine(figures.ToString());
        await figures.AssertDocumentedAsync("measured", cancellation);
    }
}
