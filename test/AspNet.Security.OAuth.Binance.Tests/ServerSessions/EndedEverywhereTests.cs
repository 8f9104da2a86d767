using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A cookie that was copied before the sign-out is rejected afterwards, immediately and in every process.
/// </summary>
public sealed class EndedEverywhereTests
{
    [Fact]
    public async Task A_copied_cookie_is_anonymous_in_both_processes_and_the_token_is_revoked_once()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = await farm.First.SignedInAsync();
        var copy = browser.Copy();
        var there = browser.Copy(farm.Second);
        Assert.True((await there.SessionAsync()).SignedIn);

        await browser.GetAsync("/sign-out");

        Assert.False(browser.HasSessionCookie);
        await AssertAnonymousAsync(copy, there);
        Assert.Single(farm.First.Revocations);
        Assert.Empty(farm.Store.Tickets());
    }

    [Fact]
    public async Task A_later_sign_out_with_a_copied_cookie_revokes_nothing()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = await farm.First.SignedInAsync();
        var there = browser.Copy(farm.Second);

        await browser.GetAsync("/sign-out");
        await there.GetAsync("/sign-out");

        Assert.False(there.HasSessionCookie);
        Assert.Single(farm.First.Revocations);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refresh_that_is_written_after_the_sign_out_does_not_restore_the_session(bool afterwards)
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        await AssertStaysEndedAsync(farm, browser, afterwards);
        Assert.Empty(farm.First.Emulator.Tokens.AccessTokens);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slide_that_is_written_after_the_sign_out_does_not_restore_the_session(bool afterwards)
    {
        await using var farm = await ServerSite.StartFarmAsync(setup => setup.Binance = options => options.AutomaticRefresh = false);
        var browser = await farm.First.SignedInAsync();
        farm.First.Clock.Pass(TimeSpan.FromDays(8));
        await AssertStaysEndedAsync(farm, browser, afterwards);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_of_another_provider_ends_in_both_processes(bool writesAgain)
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
    public async Task A_signed_out_session_is_not_restored_later()
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

    // Holds a request of the other process before or after it writes the entry, while this process signs out.
    private static async Task AssertStaysEndedAsync(Farm farm, SiteBrowser browser, bool afterwards)
    {
        var (copy, there) = (browser.Copy(), browser.Copy(farm.Second));
        var write = farm.Store.Commands.Hold(StoreCommand.Set, ServerSite.Ticket, afterwards);
        var slow = there.SendAsync("/session");
        await write.Reached;

        await browser.GetAsync("/sign-out");
        Assert.False(browser.HasSessionCookie);
        await AssertAnonymousAsync(copy, browser.Copy(farm.Second));
        write.Release();
        there.Receive(await slow);

        await AssertAnonymousAsync(copy, there);
    }

    private static async Task AssertAnonymousAsync(params SiteBrowser[] browsers)
    {
        foreach (var browser in browsers)
        {
            var response = await browser.GetAsync("/session");
            Assert.False(response.Session.SignedIn);
            Assert.Empty(response.SetCookies);
        }
    }
}
