using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

/// <summary>
/// A session that is in Redis ends in all processes at once, also for a copy of its cookie.
/// </summary>
[Collection(WebFarmGroup.Name)]
public sealed class FarmServerSignOutTests(SharedFarms farms)
{
    // With its name.
    private const int LargestCookie = 400;

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Short_cookie_is_valid_at_all_processes_and_a_copy_is_rejected_after_the_sign_out_at_one()
    {
        var farm = await farms.GetAsync(onServer: true);
        var browser = farm.NewBrowser();
        await browser.SignInAsync(farm.Sites[0], farm.Sites[1]);
        await browser.AssertSignedInEverywhereAsync(farm);
        var copy = browser.Session!;
        Assert.InRange($"{FarmBrowser.SessionCookie}={copy}".Length, 1, LargestCookie);
        var token = await farm.Tickets.AccessTokenAsync(copy);

        var response = await browser.SignOutAsync(page: farm.Sites[1], target: farm.Sites[2]);

        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        Assert.Null(browser.Session);
        await browser.AssertSignedOutEverywhereAsync(farm, copy);
        Assert.Equal(1, farm.Binance.Requests.Count(EmulatorEndpoint.Revoke));
        Assert.False(farm.Binance.Tokens.IsLive(token));
    }

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task One_of_two_browsers_is_signed_out_by_the_other_which_stays_signed_in()
    {
        var farm = await farms.GetAsync(onServer: true);
        var (here, there) = (farm.NewBrowser(), farm.NewBrowser());
        await here.SignInAsync(farm.Sites[0], farm.Sites[0]);
        await there.SignInAsync(farm.Sites[1], farm.Sites[1]);
        var token = await farm.Tickets.AccessTokenAsync(there.Session!);

        var response = await here.SignOutOtherAsync(page: farm.Sites[0], target: farm.Sites[2]);

        Assert.Equal((HttpStatusCode.Redirect, "/profile"), (response.Status, response.Location?.OriginalString));
        await there.AssertSignedOutEverywhereAsync(farm, there.Session!);
        await here.AssertSignedInEverywhereAsync(farm);
        Assert.Equal(1, farm.Binance.Requests.Count(EmulatorEndpoint.Revoke));
        Assert.False(farm.Binance.Tokens.IsLive(token));
        await farm.AssertCanRefreshEverywhereAsync(here);
    }

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Signing_out_everywhere_at_one_process_ends_two_browsers_on_all_and_revokes_both_tokens()
    {
        var farm = await farms.GetAsync(onServer: true);
        var (here, there) = (farm.NewBrowser(), farm.NewBrowser());
        await here.SignInAsync(farm.Sites[0], farm.Sites[0]);
        await there.SignInAsync(farm.Sites[1], farm.Sites[1]);
        var copies = new[] { here.Session!, there.Session! };
        var tokens = new[] { await farm.Tickets.AccessTokenAsync(copies[0]), await farm.Tickets.AccessTokenAsync(copies[1]) };

        var response = await here.SignOutEverywhereAsync(page: farm.Sites[0], target: farm.Sites[2]);

        Assert.Equal((HttpStatusCode.Redirect, "/"), (response.Status, response.Location?.OriginalString));
        Assert.Null(here.Session);
        await here.AssertSignedOutEverywhereAsync(farm, copies[0]);
        await there.AssertSignedOutEverywhereAsync(farm, copies[1]);
        Assert.All(tokens, token => Assert.False(farm.Binance.Tokens.IsLive(token)));
        Assert.Equal(2, farm.Binance.Requests.Count(EmulatorEndpoint.Revoke));

        // The user is not locked out.
        await there.SignInAsync(farm.Sites[2], farm.Sites[0]);
        await there.AssertSignedInEverywhereAsync(farm);
    }
}
