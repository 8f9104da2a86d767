
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The list of a user's sessions is informational, and may miss some: the entry and the generation decide whether a session is live.
/// </summary>
public sealed class SessionIndexTests
{
    private static readonly Dictionary<string, Func<TestSite, SiteBrowser, Task>> _ends = new()
    {
        ["a sign-out"] = static (_, browser) => browser.GetAsync("/sign-out"),
        ["a sign-out after its entry was lost"] = static (site, browser) =>
        {
            site.Store().Lose(ServerSite.Ticket);
            return site.CookieOptions().SessionStore!.RemoveAsync(site.StoreKey(browser.SessionCookie.Value), TestContext.Current.CancellationToken);
        },
        ["its end by the application"] = static async (site, browser) => await site.EndAsync(await browser.IdAsync()),
        ["the end of all sessions"] = static (site, _) => site.EndAllAsync(),
        ["a refused refresh"] = static (site, browser) =>
        {
            site.Emulator.Tokens.RevokeAll();
            site.Clock.Pass(TestSite.TokenLifetime);
            return browser.SessionAsync();
        },
    };

    public static TheoryData<string> Ends => [.. _ends.Keys];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task The_list_is_removed_with_the_last_session(string end)
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        Assert.Single(Lists(site));

        await _ends[end](site, browser);

        Assert.Empty(Lists(site));
    }

    [Fact]
    public async Task A_sign_in_that_failed_is_not_in_the_list()
    {
        await using var site = await ServerSite.StartAsync(
            static setup => setup.Cookie = static cookie => cookie.Events.OnSignedIn = _ => throw new InvalidDataException("own fault"));

        await site.Browser().SignInAsync();

        Assert.Empty(Lists(site));
        Assert.Empty(site.Store().Tickets());
    }

    [Fact]
    public async Task A_lost_list_signs_nobody_out_and_ending_all_sessions_still_works()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var (one, other) = (await farm.First.SignedInAsync(), await farm.Second.SignedInAsync());
        farm.Store.Lose(ServerSite.Index);

        Assert.True((await one.SessionAsync()).SignedIn);
        Assert.Empty(await farm.First.ListAsync());
        await farm.First.EndAllAsync();

        Assert.False((await one.SessionAsync()).SignedIn);
        Assert.False((await other.SessionAsync()).SignedIn);
        Assert.Empty(farm.First.Revocations);
    }

    [Fact]
    public async Task A_lost_list_is_rebuilt_by_new_sign_ins()
    {
        await using var site = await ServerSite.StartAsync();
        await site.SignedInAsync();
        site.Store().Lose(ServerSite.Index);

        var browser = await site.SignedInAsync();

        Assert.Contains(await browser.IdAsync(), (await site.ListAsync()).Select(session => session.Id));
    }

    [Fact]
    public async Task A_damaged_list_counts_as_lost()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Store().Tamper(Lists(site).Single(), [1, 2, 3]);

        Assert.Empty(await site.ListAsync());
        Assert.True((await browser.SessionAsync()).SignedIn);
        var next = await site.SignedInAsync();
        Assert.Equal(await next.IdAsync(), Assert.Single(await site.ListAsync()).Id);
        await site.EndAllAsync();
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.False((await next.SessionAsync()).SignedIn);
    }

    // It is unknown which sessions were ended, so that none of them is live.
    [Fact]
    public async Task A_damaged_generation_ends_earlier_sessions_and_no_later_one()
    {
        await using var site = await ServerSite.StartAsync();
        await site.EndAllAsync();
        var browser = await site.SignedInAsync();
        site.Store().Tamper(site.Store().Keys.Single(key => key.StartsWith(ServerSite.Generation, StringComparison.Ordinal)), [1, 2, 3]);

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(await site.ListAsync());
        var next = await site.SignedInAsync();
        Assert.True((await next.SessionAsync()).SignedIn);
        Assert.Equal(await next.IdAsync(), Assert.Single(await site.ListAsync()).Id);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_session_whose_entry_is_lost_is_not_listed()
    {
        await using var site = await ServerSite.StartAsync();
        var (lost, browser) = (await site.SignedInAsync(), await site.SignedInAsync());
        site.Store().Lose(ServerSite.Ticket + await lost.IdAsync());

        Assert.Equal(await browser.IdAsync(), Assert.Single(await site.ListAsync()).Id);
    }

    [Fact]
    public async Task Of_more_than_five_hundred_sessions_the_newest_are_listed_and_all_are_ended()
    {
        await using var site = await ServerSite.StartAsync();
        var oldest = await SignInAsync(site);
        for (var i = 0; i < 500; i++)
        {
            site.Clock.Pass(TimeSpan.FromSeconds(1));
            await SignInAsync(site);
        }

        var list = await site.ListAsync("adopted", "Elsewhere");
        Assert.Equal(500, list.Count);
        Assert.All(site.Store().Written, entry => Assert.InRange(entry.Value.Length, 1, 65_536));
        Assert.DoesNotContain(await oldest.IdAsync(), list.Select(session => session.Id));
        Assert.Equal(site.Clock.GetUtcNow(), list[0].SignedInAt);
        Assert.True((await oldest.SessionAsync()).SignedIn);

        await site.EndAllAsync("adopted", "Elsewhere");

        Assert.False((await oldest.SessionAsync()).SignedIn);
        Assert.Empty(await site.ListAsync("adopted", "Elsewhere"));
    }

    [Fact]
    public async Task A_sign_in_that_cannot_be_locked_between_processes_succeeds_and_is_listed()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        farm.Locks.Failure = new InvalidOperationException("the connection is lost");

        var browser = await farm.First.SignedInAsync();

        Assert.True((await browser.Copy(farm.Second).SessionAsync()).SignedIn);
        Assert.Equal(await browser.IdAsync(), Assert.Single(await farm.Second.ListAsync()).Id);
    }

    // The first user's list stays locked while it is written.
    [Fact]
    public async Task The_lists_of_two_users_are_locked_separately()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var write = farm.Store.Commands.Hold(StoreCommand.Set, ServerSite.Index);
        var first = farm.First.Browser().GetAsync("/as?user=one");
        await write.Reached;

        await farm.Second.Browser().GetAsync("/as?user=another");

        var released = farm.Locks.Count(LockCommand.Release);
        write.Release();
        await first;
        Assert.Equal(1, released);
    }

    private static IEnumerable<string> Lists(TestSite site) => site.Store().Keys.Where(key => key.StartsWith(ServerSite.Index, StringComparison.Ordinal));

    private static async Task<SiteBrowser> SignInAsync(TestSite site)
    {
        var browser = site.Browser();
        await browser.AdoptAsync(new AuthenticationProperties { Items = { [".AuthScheme"] = "Elsewhere" } });
        return browser;
    }
}
