using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A sign-in that overlaps the end of all sessions counts as earlier, and is ended, or as later, and stays. The outcome is the same in every
/// process, and final.
/// </summary>
public sealed class EndAllRaceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sign_in_that_writes_its_session_while_all_are_ended_is_ended(bool afterwards)
    {
        await using var farm = await ServerSite.StartFarmAsync();
        await farm.First.SignedInAsync();
        var (browser, callback) = await farm.Second.ConsentedAsync();
        var write = farm.Store.Commands.Hold(StoreCommand.Set, ServerSite.Ticket, afterwards);
        var signIn = browser.DeliverCallbackAsync(callback);
        await write.Reached;

        await farm.First.EndAllAsync();
        write.Release();

        await AssertIsOverAsync(farm, browser, browser.Receive(await signIn));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // There is no generation yet.
    public async Task A_sign_in_that_has_read_the_generation_before_all_are_ended_is_ended(bool signedInBefore)
    {
        await using var farm = await ServerSite.StartFarmAsync();
        if (signedInBefore)
        {
            await farm.First.SignedInAsync();
        }

        var (browser, callback) = await farm.Second.ConsentedAsync();
        var (signIn, read) = await HoldAtGenerationAsync(farm, browser, callback);

        await farm.First.EndAllAsync();
        read.Release();

        await AssertIsOverAsync(farm, browser, browser.Receive(await signIn));
    }

    [Fact]
    public async Task A_sign_in_after_the_generation_was_written_has_the_same_outcome_in_both_processes()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var before = await farm.First.SignedInAsync();
        var (browser, callback) = await farm.Second.ConsentedAsync();
        var write = farm.Store.Commands.Hold(StoreCommand.Set, ServerSite.Generation, afterwards: true);
        var ending = farm.First.EndAllAsync();
        await write.Reached;

        // The list may be locked until all sessions are ended.
        var arrived = farm.Second.Requests.Next(1);
        var signIn = browser.DeliverCallbackAsync(callback);
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
    public async Task The_generation_alone_ends_a_session()
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

    // The session is already in the list, and its entry is written with the generation that was read last.
    private static async Task<(Task<SiteResponse> SignIn, StoreHold Read)> HoldAtGenerationAsync(Farm farm, SiteBrowser browser, string callback)
    {
        var index = farm.Store.Commands.Hold(StoreCommand.Set, ServerSite.Index, afterwards: true);
        var signIn = browser.DeliverCallbackAsync(callback);
        await index.Reached;
        var read = farm.Store.Commands.Hold(StoreCommand.Get, ServerSite.Generation, afterwards: true);
        index.Release();
        await read.Reached;
        return (signIn, read);
    }

    private static async Task AssertIsOverAsync(Farm farm, SiteBrowser browser, SiteResponse callback)
    {
        Assert.StartsWith("/failed", callback.Location!.OriginalString, StringComparison.Ordinal);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.False((await browser.Copy(farm.First).SessionAsync()).SignedIn);
        Assert.Empty(await farm.First.ListAsync());
        Assert.Empty(farm.Store.Tickets());

        // The next sign-in does not restore it either.
        var old = browser.Copy();
        await browser.SignInAsync();
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.False((await old.SessionAsync()).SignedIn);
    }
}
