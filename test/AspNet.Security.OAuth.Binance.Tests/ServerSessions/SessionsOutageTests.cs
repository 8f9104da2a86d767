using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// What an administrator's page gets while the cache is unavailable: a failure that says so, and never "done".
/// </summary>
public sealed class SessionsOutageTests
{
    private static readonly Dictionary<string, Func<LifetimeSite, string, Task>> _calls = new()
    {
        ["ListAsync"] = (site, _) => site.ListAsync(),
        ["EndAsync"] = (site, id) => site.EndAsync(id),
        ["EndAllAsync"] = (site, _) => site.EndAllAsync(),
    };

    public static TheoryData<string> Calls => [.. _calls.Keys];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_cache_that_fails_is_an_outage(string call)
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var id = await browser.IdAsync();
        site.Store().Commands.Fail();

        var exception = await Assert.ThrowsAnyAsync<BinanceAuthenticationException>(() => _calls[call](site, id));

        Assert.Equal(BinanceFailure.Unavailable, exception.Failure);
        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
        await _calls[call](site, id);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_cache_that_hangs_is_an_outage_after_three_seconds(string call)
    {
        await using var site = await ServerSite.StartAsync();
        var id = await (await site.SignedInAsync()).IdAsync();
        site.Store().Commands.Hang();
        var waiting = site.Clock.NextTimer(TimeSpan.FromSeconds(3));

        var calling = _calls[call](site, id);
        await waiting;
        site.Clock.Pass(TimeSpan.FromSeconds(3));

        Assert.Equal(BinanceFailure.Unavailable, (await Assert.ThrowsAnyAsync<BinanceAuthenticationException>(() => calling)).Failure);
    }

    [Fact]
    public async Task The_end_of_all_whose_generation_is_not_written_ends_nothing()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Store().Commands.Before = FailAt(StoreCommand.Set, ServerSite.Generation);

        await Assert.ThrowsAnyAsync<BinanceAuthenticationException>(() => site.EndAllAsync());

        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
    }

    // The generation was written: whatever fails afterwards, the sessions are over, and the caller can try again.
    [Fact]
    public async Task The_end_of_all_that_fails_in_the_middle_has_ended_all()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Store().Commands.Before = FailAt(StoreCommand.Get, ServerSite.Index);

        await Assert.ThrowsAnyAsync<BinanceAuthenticationException>(() => site.EndAllAsync());

        site.Store().Commands.Recover();
        Assert.False((await browser.SessionAsync()).SignedIn);
        await site.EndAllAsync();
    }

    private static Func<StoreCommand, string, Task> FailAt(StoreCommand command, string part)
        => (found, key) => found == command && key.StartsWith(part, StringComparison.Ordinal)
            ? Task.FromException(new InvalidOperationException("the connection is lost"))
            : Task.CompletedTask;
}
