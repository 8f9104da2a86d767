using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Several devices of one user sign in concurrently for the first time.
/// </summary>
public sealed class SimultaneousSignInTests
{
    [Fact]
    public async Task Concurrent_sign_ins_are_all_live_and_listed()
    {
        await using var site = await ServerSite.StartAsync();

        await AssertLiveAsync(site, await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => site.SignedInAsync()))));
    }

    [Fact]
    public async Task Concurrent_sign_ins_in_two_processes_are_all_live_and_listed()
    {
        await using var farm = await ServerSite.StartFarmAsync();

        var browsers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => (i % 2 == 0 ? farm.First : farm.Second).SignedInAsync())));

        await AssertLiveAsync(farm.First, browsers);
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_ins_during_a_change_of_the_list_are_all_listed()
    {
        await using var site = await ServerSite.StartAsync();
        var change = site.Store().Commands.Hold(StoreCommand.Get, ServerSite.Index, afterwards: true);
        List<Task<SiteBrowser>> signIns = [Task.Run(() => site.SignedInAsync())];
        await change.Reached;

        for (var i = 0; i < 5; i++)
        {
            using var user = site.Emulator.Faults.Hold(EmulatorEndpoint.UserInfo);
            signIns.Add(Task.Run(() => site.SignedInAsync()));
            await user.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        }

        change.Release();
        await AssertLiveAsync(site, await Task.WhenAll(signIns));
    }

    // Without a lock between the processes the list may miss a session; all of them are signed in.
    [Theory]
    [InlineData(ServerSite.Generation, StoreCommand.Get)]
    [InlineData(ServerSite.Index, StoreCommand.Get)]
    [InlineData(ServerSite.Index, StoreCommand.Set)]
    public async Task Two_processes_without_a_lock_sign_both_users_in(string part, StoreCommand command)
    {
        await using var site = await ServerSite.StartAsync();
        await using var neighbour = await site.StartWithSameCacheAsync();
        var (here, there) = (site.Browser(), neighbour.Browser());
        var callback = await here.ConsentAsync();
        var hold = site.Store().Commands.Hold(command, part, afterwards: command is StoreCommand.Get);
        var signIn = here.DeliverCallbackAsync(callback);
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

    private static async Task AssertLiveAsync(TestSite site, SiteBrowser[] browsers)
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
