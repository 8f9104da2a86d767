using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

[Collection("Web farm")]
public sealed class FarmSignOutTests
{
    [Fact(Timeout = WebFarm.Patience)]
    public async Task Sign_in_may_end_on_another_process_than_it_began_and_so_may_the_sign_out()
    {
        await using var farm = await WebFarm.StartAsync(TestContext.Current.CancellationToken);
        var visitor = farm.NewVisitor();

        await visitor.SignInAsync(start: farm.Sites[0], end: farm.Sites[1]);
        foreach (var site in farm.Sites)
        {
            (await visitor.GetAsync(site, "/api/me")).IsSignedIn();
        }

        var before = visitor.Session!;
        var answer = await visitor.SignOutAsync(page: farm.Sites[1], button: farm.Sites[2]);

        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
        Assert.Null(visitor.Session);
        Assert.Equal(1, farm.Binance.Requests.Count(EmulatorEndpoint.Revoke));
        Assert.False(farm.Binance.Tokens.IsLive(await farm.Tickets.AccessTokenAsync(before)));
        foreach (var site in farm.Sites)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await visitor.GetAsync(site, "/api/me")).Status);
        }
    }
}
