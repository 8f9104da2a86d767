using System.Net;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

/// <summary>
/// Redis, which holds the sessions, goes away and comes back.
/// </summary>
[Collection("Web farm")]
public sealed class FarmServerOutageTests
{
    [Fact(Timeout = WebFarm.Patience)]
    public async Task Browser_with_a_session_is_told_to_try_again_while_Redis_is_away_and_is_signed_in_when_it_is_back()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation, WebFarm.SessionsOnServer);
        var visitor = farm.NewVisitor();
        await visitor.SignInAsync(farm.Sites[0], farm.Sites[1]);
        var session = visitor.Session;
        var newcomer = farm.NewVisitor();
        var callback = await newcomer.ConsentAsync(farm.Sites[0]);
        await farm.Redis.StopAsync(keepData: true);

        foreach (var site in farm.Sites)
        {
            IsToldToTryAgain(await visitor.GetAsync(site, "/"));
            IsToldToTryAgain(await visitor.GetAsync(site, "/profile"));
            IsToldToTryAgain(await visitor.GetAsync(site, "/api/me"));
            Assert.Equal(HttpStatusCode.OK, (await farm.NewVisitor().GetAsync(site, "/")).Status);
        }

        var refused = await newcomer.GetAsync(farm.Sites[0], callback);
        Assert.StartsWith("/account/failed?failure=unavailable", refused.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Null(newcomer.Session);
        Assert.Equal(session, visitor.Session);
        await farm.RedisComesBackAsync(farm.Sites, cancellation);

        await visitor.IsSignedInEverywhereAsync(farm);
        await farm.KnowsEverywhereAsync(visitor);
    }

    [Fact(Timeout = WebFarm.Patience)]
    public async Task Browser_is_signed_out_without_an_error_when_Redis_comes_back_empty()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation, WebFarm.SessionsOnServer);
        var visitor = farm.NewVisitor();
        await visitor.SignInAsync(farm.Sites[0], farm.Sites[1]);
        await farm.Redis.StopAsync(keepData: false);
        await farm.RedisComesBackAsync(farm.Sites, cancellation);

        await visitor.IsNobodyAnywhereAsync(farm, visitor.Session!);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync(farm.Sites[2], "/")).Status);

        await visitor.SignInAsync(farm.Sites[1], farm.Sites[2]);
        await farm.KnowsEverywhereAsync(visitor);
    }

    [Fact(Timeout = WebFarm.Patience)]
    public async Task Redis_that_does_not_answer_is_an_outage_and_signs_nobody_out()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var farm = await WebFarm.StartAsync(cancellation, WebFarm.SessionsOnServer);
        var visitor = farm.NewVisitor();
        await visitor.SignInAsync(farm.Sites[0], farm.Sites[1]);
        await farm.Redis.HangAsync(TimeSpan.FromMinutes(5));

        IsToldToTryAgain(await visitor.GetAsync(farm.Sites[0], "/profile"));
        IsToldToTryAgain(await visitor.GetAsync(farm.Sites[0], "/profile"));
        Assert.Equal(HttpStatusCode.OK, (await farm.NewVisitor().GetAsync(farm.Sites[0], "/")).Status);
    }

    private static void IsToldToTryAgain(Answer answer)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal(TimeSpan.FromSeconds(5), answer.RetryAfter);
        Assert.Contains("You are still signed in", answer.Body, StringComparison.Ordinal);
        Assert.Empty(answer.SetCookies);
    }
}
