using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

/// <summary>
/// Three processes whose sessions are in Redis.
/// </summary>
[Collection("Web farm")]
public sealed class FarmServerSessionTests
{
    [Fact(Timeout = WebFarm.Patience)]
    public async Task Two_hundred_requests_at_once_over_three_processes_refresh_once_and_write_no_cookie()
    {
        await using var farm = await WebFarm.StartAsync(TestContext.Current.CancellationToken, WebFarm.SessionsOnServer);

        // In turn all there before any is answered, and as they come.
        foreach (var together in new[] { true, false })
        {
            var visitor = farm.NewVisitor();
            await visitor.SignInLongAgoAsync(farm.Sites[0]);
            var before = await farm.Tickets.AccessTokenAsync(visitor.Session!);
            farm.Binance.Requests.Clear();

            var answers = await (together ? Rush.SendTogetherAsync(farm, visitor, 200) : Rush.SendAsync(farm, visitor, 200));

            Assert.Equal(1, farm.RefreshCalls);
            Assert.All(answers, answer =>
            {
                answer.IsSignedIn();
                Assert.Empty(answer.SetCookies);
            });
            var after = await farm.Tickets.AccessTokenAsync(visitor.Session!);
            Assert.NotEqual(before, after);
            Assert.True(farm.Binance.Tokens.IsLive(after));
            await farm.KnowsEverywhereAsync(visitor);
        }
    }

    [Fact(Timeout = WebFarm.Patience)]
    public async Task Process_that_is_killed_in_the_middle_of_a_refresh_takes_no_session_with_it()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation, WebFarm.SessionsOnServer);
        var visitor = farm.NewVisitor();
        await visitor.SignInAsync(farm.Sites[0], farm.Sites[0]);
        await using (var killed = await farm.StartSiteAsync(cancellation, WebFarm.SessionsOnServer))
        {
            await visitor.AgeAsync();
            using var hold = farm.Binance.Faults.Hold(EmulatorEndpoint.Token);
            var lost = visitor.MeAsync(killed, visitor.Session!);
            await hold.WaitForCallsAsync(1, cancellation);
            await killed.KillAsync();
            await Assert.ThrowsAsync<HttpRequestException>(() => lost);
        }

        // Binance saw no refresh. The lock of the process that is gone ends by itself, which takes its time.
        await farm.Redis.DeleteAsync("*:lock");
        (await visitor.MeAsync(farm.Sites[1], visitor.Session!)).IsSignedIn();

        await farm.KnowsEverywhereAsync(visitor);
    }
}
