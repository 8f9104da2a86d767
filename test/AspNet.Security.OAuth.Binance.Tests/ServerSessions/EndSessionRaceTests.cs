using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A session is ended by several calls at once, or while a request writes it.
/// </summary>
public sealed class EndSessionRaceTests
{
    [Fact]
    public async Task Concurrent_calls_revoke_the_token_once()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var id = await browser.IdAsync();

        var ended = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => site.EndAsync(id))));

        Assert.Contains(true, ended);
        Assert.Single(site.Revocations);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    // Two processes that revoke at the same moment may both send a request; the second one changes nothing.
    [Fact]
    public async Task Concurrent_calls_in_two_processes_revoke_only_the_session_s_token()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var (browser, other) = (await farm.First.SignedInAsync(), await farm.First.SignedInAsync());
        var (id, token) = (await browser.IdAsync(), (await browser.SessionAsync()).AccessToken);
        var processes = new[] { farm.First, farm.Second };

        var ended = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(() => processes[i % 2].EndAsync(id))));

        Assert.Contains(true, ended);
        Assert.Equal("Bearer " + token, Assert.Single(farm.First.Revocations.Select(request => request.Authorization).Distinct()));
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.True((await other.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_concurrent_request_does_not_restore_an_ended_session(bool afterwards)
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = await farm.First.SignedInAsync();
        var (id, there) = (await browser.IdAsync(), browser.Copy(farm.Second));
        farm.First.Clock.Pass(TestSite.TokenLifetime);
        var write = farm.Store.Commands.Hold(StoreCommand.Set, ServerSite.Ticket, afterwards);
        var slow = there.SendAsync("/session");
        await write.Reached;

        Assert.True(await farm.First.EndAsync(id));
        write.Release();
        await slow;

        Assert.False((await there.SessionAsync()).SignedIn);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(farm.First.Emulator.Tokens.AccessTokens);
    }

    [Fact]
    public async Task A_slide_that_is_written_after_the_end_leaves_no_entry()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = site.Browser();
        await browser.GetAsync("/as?user=another&scheme=Elsewhere");
        var id = await browser.IdAsync();
        site.Clock.Pass(TimeSpan.FromDays(8));
        var write = site.Store().Commands.Hold(StoreCommand.Set, ServerSite.Ticket);
        var slow = browser.SendAsync("/session");
        await write.Reached;

        Assert.True(await site.EndAsync(id, "another", "Elsewhere"));
        write.Release();
        await slow;

        Assert.Empty(site.Store().Tickets());
    }

    [Fact]
    public async Task A_concurrent_refresh_leaves_no_live_token()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = await farm.First.SignedInAsync();
        var id = await browser.IdAsync();
        farm.First.Clock.Pass(TestSite.TokenLifetime);
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        var ended = farm.Store.Commands.Next(StoreCommand.Remove, ServerSite.Ticket);
        var ending = farm.First.EndAsync(id);
        await ended;
        hold.Release();
        await ending;
        await page;

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(farm.First.Emulator.Tokens.AccessTokens);
        Assert.Empty(farm.Store.Tickets());
    }
}
