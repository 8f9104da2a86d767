using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

/// <summary>
/// Refreshes in three processes. The emulator ends a session whose refresh token is used twice, so that a second call also signs the user out.
/// </summary>
[Collection(WebFarmGroup.Name)]
public sealed class FarmRefreshTests(ITestOutputHelper output, SharedFarms farms)
{
    private static readonly int _repetitions = Repetitions.Or(4);

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Two_hundred_requests_at_once_over_three_processes_refresh_once()
    {
        var farm = await farms.GetAsync(onServer: false);
        var counts = new List<int>();

        for (var repetition = 0; repetition < _repetitions; repetition++)
        {
            var browser = farm.NewBrowser();
            await browser.SignInWithExpiredTokensAsync(farm.Sites[repetition % farm.Sites.Count]);
            farm.Binance.Requests.Clear();

            // Alternately all before the first response, and without synchronization: then some requests find the outcome.
            var responses = await (repetition % 2 == 0 ? Burst.SendTogetherAsync(farm, browser, 200) : Burst.SendAsync(farm, browser, 200));

            counts.Add(farm.RefreshCalls);
            Assert.All(responses, response => response.AssertSignedIn());
            await farm.AssertCanRefreshEverywhereAsync(browser, responses);
        }

        output.WriteLine($"Refresh calls in each of {_repetitions} repetitions: {string.Join(' ', counts)}");
        Assert.All(counts, count => Assert.Equal(1, count));
    }

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Old_cookie_at_another_process_is_signed_in_without_a_second_refresh()
    {
        var farm = await farms.GetAsync(onServer: false);
        var browser = farm.NewBrowser();
        await browser.SignInWithExpiredTokensAsync(farm.Sites[0]);

        // This response is lost: the browser keeps its old cookie.
        var lost = await browser.GetMeAsync(farm.Sites[0], browser.Session!);
        var responses = new[] { await browser.GetMeAsync(farm.Sites[1], browser.Session!), await browser.GetMeAsync(farm.Sites[2], browser.Session!) };

        Assert.Equal(1, farm.RefreshCalls);
        foreach (var response in responses)
        {
            response.AssertSignedIn();
            Assert.Equal(await farm.Tickets.AccessTokenAsync(lost.Session!), await farm.Tickets.AccessTokenAsync(response.Session!));
        }

        await farm.AssertCanRefreshEverywhereAsync(browser, responses);
    }
}
