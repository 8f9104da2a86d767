using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A cookie that was copied before its user signed out opens nothing afterwards, in whatever process and at once.
/// </summary>
public sealed class EndedEverywhereTests
{
    [Fact]
    public async Task A_copy_is_anonymous_in_both_processes_and_the_token_is_revoked_once()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = await farm.First.SignedInAsync();
        var copy = browser.Copy();
        var there = browser.Copy(farm.Second);
        Assert.True((await there.SessionAsync()).SignedIn);

        await browser.GetAsync("/sign-out");

        Assert.False(browser.HasSession);
        await AssertAnonymousAsync(copy, there);
        Assert.Single(farm.First.Revocations);
        Assert.Empty(farm.Store.Tickets());
    }

    [Fact]
    public async Task A_copy_that_signs_out_afterwards_revokes_nothing_more()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = await farm.First.SignedInAsync();
        var there = browser.Copy(farm.Second);

        await browser.GetAsync("/sign-out");
        await there.GetAsync("/sign-out");

        Assert.False(there.HasSession);
        Assert.Single(farm.First.Revocations);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_writes_its_refresh_after_the_sign_out_does_not_revive_it(bool afterwards)
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        await AssertStaysEndedAsync(farm, browser, afterwards);
        Assert.Empty(farm.First.Emulator.Tokens.AccessTokens);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_slides_after_the_sign_out_does_not_revive_it(bool afterwards)
    {
        await using var farm = await ServerSite.StartFarmAsync(setup => setup.Binance = options => options.AutomaticRefresh = false);
        var browser = await farm.First.SignedInAsync();
        farm.First.Clock.Pass(TimeSpan.FromDays(8));
        await AssertStaysEndedAsync(farm, browser, afterwards);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_of_another_provider_ends_everywhere_too(bool writesAgain)
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = farm.First.Browser();
        await browser.GetAsync("/as?user=another&scheme=Elsewhere");
        var there = browser.Copy(farm.Second);
        Assert.Equal("another", (await there.SessionAsync()).UserId);
        if (writesAgain)
        {
            farm.First.Clock.Pass(TimeSpan.FromDays(8));
            await AssertStaysEndedAsync(farm, browser, afterwards: false);
        }
        else
        {
            await browser.GetAsync("/sign-out");
            await AssertAnonymousAsync(browser, there);
        }

        Assert.Empty(farm.First.Revocations);
    }

    [Fact]
    public async Task A_sign_out_is_known_after_the_entry_s_whole_life()
    {
        await using var farm = await ServerSite.StartFarmAsync(setup => setup.Binance = options => options.AutomaticRefresh = false);
        var browser = await farm.First.SignedInAsync();
        farm.First.Clock.Pass(TimeSpan.FromDays(8));
        var write = farm.Store.Commands.Hold(StoreCommand.Set, ServerSite.Ticket);
        var there = browser.Copy(farm.Second);
        var slow = there.SendAsync("/session");
        await write.Reached;
        await browser.GetAsync("/sign-out");
        write.Release();
        await slow;

        farm.First.Clock.Pass(TimeSpan.FromDays(13));

        Assert.False((await there.SessionAsync()).SignedIn);
    }

    // A request of the other process is held where it writes the entry, before or after it is there, while this one signs out.
    private static async Task AssertStaysEndedAsync(Farm farm, LifetimeBrowser browser, bool afterwards)
    {
        var (copy, there) = (browser.Copy(), browser.Copy(farm.Second));
        var write = farm.Store.Commands.Hold(StoreCommand.Set, ServerSite.Ticket, afterwards);
        var slow = there.SendAsync("/session");
        await write.Reached;

        await browser.GetAsync("/sign-out");
        Assert.False(browser.HasSession);
        await AssertAnonymousAsync(copy, browser.Copy(farm.Second));
        write.Release();
        there.Receive(await slow);

        await AssertAnonymousAsync(copy, there);
    }

    private static async Task AssertAnonymousAsync(params LifetimeBrowser[] browsers)
    {
        foreach (var browser in browsers)
        {
            var answer = await browser.GetAsync("/session");
            Assert.False(answer.Session.SignedIn);
            Assert.Empty(answer.SetCookies);
        }
    }
}
