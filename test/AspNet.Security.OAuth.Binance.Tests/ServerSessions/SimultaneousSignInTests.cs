using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Several devices of one user sign in at once, of whom the server knew nothing before.
/// </summary>
public sealed class SimultaneousSignInTests
{
    [Fact]
    public async Task All_of_them_live_and_are_listed()
    {
        await using var site = await ServerSite.StartAsync();

        await AssertLiveAsync(site, await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(site.SignedInAsync))));
    }

    [Fact]
    public async Task All_of_them_live_and_are_listed_in_two_processes()
    {
        await using var farm = await ServerSite.StartFarmAsync();

        var browsers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run((i % 2 == 0 ? farm.First : farm.Second).SignedInAsync)));

        await AssertLiveAsync(farm.First, browsers);
    }

    // Without a lock between the processes: the list may miss a session, and nobody is signed out.
    [Theory]
    [InlineData(ServerSite.Generation, StoreCommand.Get)]
    [InlineData(ServerSite.Index, StoreCommand.Get)]
    [InlineData(ServerSite.Index, StoreCommand.Set)]
    public async Task Two_processes_that_know_nothing_of_each_other_sign_both_in(string part, StoreCommand command)
    {
        await using var site = await ServerSite.StartAsync();
        await using var neighbour = await StartNeighbourAsync(site);
        var (here, there) = (site.Browser(), neighbour.Browser());
        var callback = await here.ConsentAsync();
        var hold = site.Store().Commands.Hold(command, part, afterwards: command is StoreCommand.Get);
        var signIn = here.ComeBackAsync(callback);
        await hold.Reached;

        await there.SignInAsync();
        hold.Release();
        here.Receive(await signIn);

        Assert.True((await here.SessionAsync()).SignedIn);
        Assert.True((await there.SessionAsync()).SignedIn);
        Assert.NotEmpty(await site.ListAsync());
        await neighbour.EndAllAsync();
        Assert.False((await here.SessionAsync()).SignedIn);
        Assert.False((await there.SessionAsync()).SignedIn);
    }

    private static Task<LifetimeSite> StartNeighbourAsync(LifetimeSite site) => site.StartNeighbourAsync(setup =>
    {
        setup.KeepOnServer();
        setup.Add(services => services.AddSingleton<IDistributedCache>(site.Store()));
    });

    private static async Task AssertLiveAsync(LifetimeSite site, LifetimeBrowser[] browsers)
    {
        var ids = new List<string>();
        foreach (var browser in browsers)
        {
            Assert.True((await browser.SessionAsync()).SignedIn);
            ids.Add(await browser.IdAsync());
        }

        Assert.Equal(ids.Order(), (await site.ListAsync()).Select(session => session.Id).Order());
    }
}
