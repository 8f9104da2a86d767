using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

/// <summary>
/// A session that is in Redis ends in all processes at once, also for whoever has a copy of its cookie.
/// </summary>
[Collection("Web farm")]
public sealed class FarmServerSignOutTests
{
    // With its name.
    private const int LargestCookie = 400;

    [Fact(Timeout = WebFarm.Patience)]
    public async Task Short_cookie_is_known_to_all_processes_and_a_copy_opens_nothing_after_the_sign_out_at_one()
    {
        await using var farm = await WebFarm.StartAsync(TestContext.Current.CancellationToken, WebFarm.SessionsOnServer);
        var visitor = farm.NewVisitor();
        await visitor.SignInAsync(farm.Sites[0], farm.Sites[1]);
        await visitor.IsSignedInEverywhereAsync(farm);
        var copy = visitor.Session!;
        Assert.InRange($"{Visitor.SessionCookie}={copy}".Length, 1, LargestCookie);
        var token = await farm.Tickets.AccessTokenAsync(copy);

        var answer = await visitor.SignOutAsync(page: farm.Sites[1], button: farm.Sites[2]);

        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
        Assert.Null(visitor.Session);
        await visitor.IsNobodyAnywhereAsync(farm, copy);
        Assert.Equal(1, farm.Binance.Requests.Count(EmulatorEndpoint.Revoke));
        Assert.False(farm.Binance.Tokens.IsLive(token));
    }

    [Fact(Timeout = WebFarm.Patience)]
    public async Task One_of_two_browsers_is_signed_out_by_the_other_and_that_one_stays()
    {
        await using var farm = await WebFarm.StartAsync(TestContext.Current.CancellationToken, WebFarm.SessionsOnServer);
        var (here, there) = (farm.NewVisitor(), farm.NewVisitor());
        await here.SignInAsync(farm.Sites[0], farm.Sites[0]);
        await there.SignInAsync(farm.Sites[1], farm.Sites[1]);
        var token = await farm.Tickets.AccessTokenAsync(there.Session!);

        var answer = await here.SignOutOtherAsync(page: farm.Sites[0], button: farm.Sites[2]);

        Assert.Equal((HttpStatusCode.Redirect, "/profile"), (answer.Status, answer.Location?.OriginalString));
        await there.IsNobodyAnywhereAsync(farm, there.Session!);
        await here.IsSignedInEverywhereAsync(farm);
        Assert.Equal(1, farm.Binance.Requests.Count(EmulatorEndpoint.Revoke));
        Assert.False(farm.Binance.Tokens.IsLive(token));
        await farm.KnowsEverywhereAsync(here);
    }

    [Fact(Timeout = WebFarm.Patience)]
    public async Task Signing_out_everywhere_at_one_process_ends_two_browsers_on_all_and_revokes_both_tokens()
    {
        await using var farm = await WebFarm.StartAsync(TestContext.Current.CancellationToken, WebFarm.SessionsOnServer);
        var (here, there) = (farm.NewVisitor(), farm.NewVisitor());
        await here.SignInAsync(farm.Sites[0], farm.Sites[0]);
        await there.SignInAsync(farm.Sites[1], farm.Sites[1]);
        var copies = new[] { here.Session!, there.Session! };
        var tokens = new[] { await farm.Tickets.AccessTokenAsync(copies[0]), await farm.Tickets.AccessTokenAsync(copies[1]) };

        var answer = await here.SignOutEverywhereAsync(page: farm.Sites[0], button: farm.Sites[2]);

        Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.Status, answer.Location?.OriginalString));
        Assert.Null(here.Session);
        await here.IsNobodyAnywhereAsync(farm, copies[0]);
        await there.IsNobodyAnywhereAsync(farm, copies[1]);
        Assert.All(tokens, token => Assert.False(farm.Binance.Tokens.IsLive(token)));
        Assert.Equal(2, farm.Binance.Requests.Count(EmulatorEndpoint.Revoke));

        // The user is not locked out.
        await there.SignInAsync(farm.Sites[2], farm.Sites[0]);
        await there.IsSignedInEverywhereAsync(farm);
    }
}
