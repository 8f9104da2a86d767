using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

/// <summary>
/// Refreshing in three processes. The emulator ends a session whose refresh token it sees twice, so that one call too many is also
/// felt by the user.
/// </summary>
[Collection("Web farm")]
public sealed class FarmRefreshTests(ITestOutputHelper output)
{
    private static readonly int _repetitions = Repetitions.Or(4);

    [Fact(Timeout = WebFarm.Patience)]
    public async Task Two_hundred_requests_at_once_over_three_processes_refresh_once()
    {
        await using var farm = await WebFarm.StartAsync(TestContext.Current.CancellationToken);
        var counts = new List<int>();

        for (var repetition = 0; repetition < _repetitions; repetition++)
        {
            var visitor = farm.NewVisitor();
            await visitor.SignInLongAgoAsync(farm.Sites[repetition % farm.Sites.Count]);
            farm.Binance.Requests.Clear();

            // In turn all there before any is answered, and as they come: some then find the outcome, and nothing to wait for.
            var answers = await (repetition % 2 == 0 ? Rush.SendTogetherAsync(farm, visitor, 200) : Rush.SendAsync(farm, visitor, 200));

            counts.Add(farm.RefreshCalls);
            Assert.All(answers, answer => answer.IsSignedIn());
            await farm.KnowsEverywhereAsync(visitor, answers);
        }

        output.WriteLine($"Refresh calls in each of {_repetitions} repetitions: {string.Join(' ', counts)}");
        Assert.All(counts, count => Assert.Equal(1, count));
    }

    [Fact(Timeout = WebFarm.Patience)]
    public async Task Old_cookie_on_another_process_is_signed_in_without_a_second_refresh()
    {
        await using var farm = await WebFarm.StartAsync(TestContext.Current.CancellationToken);
        var visitor = farm.NewVisitor();
        await visitor.SignInLongAgoAsync(farm.Sites[0]);

        // The browser never sees this answer.
        var lost = await visitor.MeAsync(farm.Sites[0], visitor.Session!);
        var answers = new[] { await visitor.MeAsync(farm.Sites[1], visitor.Session!), await visitor.MeAsync(farm.Sites[2], visitor.Session!) };

        Assert.Equal(1, farm.RefreshCalls);
        foreach (var answer in answers)
        {
            answer.IsSignedIn();
            Assert.Equal(await farm.Tickets.AccessTokenAsync(lost.Session!), await farm.Tickets.AccessTokenAsync(answer.Session!));
        }

        await farm.KnowsEverywhereAsync(visitor, answers);
    }
}
