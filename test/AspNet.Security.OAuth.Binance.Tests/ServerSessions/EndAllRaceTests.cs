using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A sign-in at the same time as the end of all sessions either began before, and is over, or began after, and lives. Which of them it is
/// shows at once, and stays so.
/// </summary>
public sealed class EndAllRaceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sign_in_that_writes_its_session_while_all_are_ended_is_over(bool afterwards)
    {
        await using var farm = await ServerSite.StartFarmAsync(setup => setup.Binance = options => options.FailurePath = "/failed");
        await farm.First.SignedInAsync();
        var browser = farm.Second.Browser();
        var callback = await browser.ConsentAsync();
        var write = farm.Store.Commands.Hold(StoreCommand.Set, ServerSite.Ticket, afterwards);
        var signIn = browser.ComeBackAsync(callback);
        await write.Reached;

        await farm.First.EndAllAsync();
        write.Release();
        browser.Receive(await signIn);

        await AssertIsOverAsync(farm, browser);
    }

    [Fact]
    public async Task A_sign_in_that_has_read_the_generation_before_all_are_ended_is_over()
    {
        await using var farm = await ServerSite.StartFarmAsync(setup => setup.Binance = options => options.FailurePath = "/failed");
        await farm.First.SignedInAsync();
        var browser = farm.Second.Browser();
        var callback = await browser.ConsentAsync();
        var (signIn, read) = await HoldAtGenerationAsync(farm, browser, callback);

        await farm.First.EndAllAsync();
        read.Release();
        browser.Receive(await signIn);

        await AssertIsOverAsync(farm, browser);
    }

    [Fact]
    public async Task A_first_sign_in_that_has_found_no_generation_before_all_are_ended_is_over()
    {
        await using var farm = await ServerSite.StartFarmAsync(setup => setup.Binance = options => options.FailurePath = "/failed");
        var browser = farm.Second.Browser();
        var callback = await browser.ConsentAsync();
        var (signIn, read) = await HoldAtGenerationAsync(farm, browser, callback);

        await farm.First.EndAllAsync();
        read.Release();
        browser.Receive(await signIn);

        await AssertIsOverAsync(farm, browser);
    }

    [Fact]
    public async Task A_sign_in_after_the_generation_was_written_lives_or_is_over_and_stays_so()
    {
        await using var farm = await ServerSite.StartFarmAsync(setup => setup.Binance = options => options.FailurePath = "/failed");
        var before = await farm.First.SignedInAsync();
        var browser = farm.Second.Browser();
        var callback = await browser.ConsentAsync();
        var write = farm.Store.Commands.Hold(StoreCommand.Set, ServerSite.Generation, afterwards: true);
        var ending = farm.First.EndAllAsync();
        await write.Reached;

        // The list of sessions may be locked until all are ended.
        var arrived = farm.Second.Requests.Next(1);
        var signIn = browser.ComeBackAsync(callback);
        await arrived;
        write.Release();
        await ending;
        browser.Receive(await signIn);

        Assert.False((await before.SessionAsync()).SignedIn);
        var session = await browser.SessionAsync();
        Assert.Equal(session.SignedIn, (await browser.Copy(farm.First).SessionAsync()).SignedIn);
        Assert.Equal(session.SignedIn ? 1 : 0, (await farm.First.ListAsync()).Count);
        Assert.Equal(session.SignedIn ? [session.AccessToken!] : [], farm.First.Emulator.Tokens.AccessTokens.Select(token => token.Value));
    }

    [Fact]
    public async Task A_session_is_read_with_the_generation_of_now()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = await farm.First.SignedInAsync();
        var there = browser.Copy(farm.Second);
        for (var i = 0; i < 3; i++)
        {
            Assert.True((await there.SessionAsync()).SignedIn);
        }

        // Neither the entry nor the list is removed yet: the generation alone ends the session.
        var write = farm.Store.Commands.Hold(StoreCommand.Set, ServerSite.Generation, afterwards: true);
        var ending = farm.First.EndAllAsync();
        await write.Reached;

        Assert.False((await there.SessionAsync()).SignedIn);
        Assert.False((await browser.SessionAsync()).SignedIn);
        write.Release();
        await ending;
    }

    // The session is in the list already, and is to be written with the generation that was read last.
    private static async Task<(Task<SiteAnswer> SignIn, StoreHold Read)> HoldAtGenerationAsync(Farm farm, LifetimeBrowser browser, string callback)
    {
        var index = farm.Store.Commands.Hold(StoreCommand.Set, ServerSite.Index, afterwards: true);
        var signIn = browser.ComeBackAsync(callback);
        await index.Reached;
        var read = farm.Store.Commands.Hold(StoreCommand.Get, ServerSite.Generation, afterwards: true);
        index.Release();
        await read.Reached;
        return (signIn, read);
    }

    private static async Task AssertIsOverAsync(Farm farm, LifetimeBrowser browser)
    {
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.False((await browser.Copy(farm.First).SessionAsync()).SignedIn);
        Assert.Empty(await farm.First.ListAsync());

        // Neither does the next sign-in revive it.
        var old = browser.Copy();
        await browser.SignInAsync();
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.False((await old.SessionAsync()).SignedIn);
    }
}
