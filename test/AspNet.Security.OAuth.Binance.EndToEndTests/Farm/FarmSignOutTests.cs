using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

[Collection(WebFarmGroup.Name)]
public sealed class FarmSignOutTests(SharedFarms farms)
{
    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Sign_in_may_end_on_another_process_than_it_began_and_so_may_the_sign_out()
    {
        var farm = await farms.GetAsync(onServer: false);
        var browser = farm.NewBrowser();

        await browser.SignInAsync(start: farm.Sites[0], end: farm.Sites[1]);
        foreach (var site in farm.Sites)
        {
            (await browser.GetAsync(site, "/api/me")).AssertSignedIn();
        }

        var before = browser.Session!;
        var response = await browser.SignOutAsync(page: farm.Sites[1], target: farm.Sites[2]);

        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        Assert.Null(browser.Session);
        Assert.Equal(1, farm.Binance.Requests.Count(EmulatorEndpoint.Revoke));
        Assert.False(farm.Binance.Tokens.IsLive(await farm.Tickets.AccessTokenAsync(before)));
        foreach (var site in farm.Sites)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(site, "/api/me")).Status);
        }
    }
}
