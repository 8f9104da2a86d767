using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;



namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The calls of an administrator's page fail as unavailable while the cache is unavailable.
/// </summary>
public sealed class SessionsOutageTests
{
    private static readonly Dictionary<string, Func<TestSite, string, Task>> _calls = new()
    {
        ["ListAsync"] = (site, _) => site.ListAsync(),
        ["EndAsync"] = (site, id) => site.EndAsync(id),
        ["EndAllAsync"] = (site, _) => site.EndAllAsync(),
    };

    public static TheoryData<string> Calls => [.. _calls.Keys];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_fails_as_unavailable_when_the_cache_fails(string call)
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
    public async Task A_call_fails_as_unavailable_after_three_seconds_when_the_cache_hangs(string call)
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
    public async Task Ending_all_sessions_changes_nothing_when_the_generation_cannot_be_written()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Store().Commands.Before = FailAt(StoreCommand.Set, ServerSite.Generation);

        await Assert.ThrowsAnyAsync<BinanceAuthenticationException>(() => site.EndAllAsync());

        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
    }

    // The generation was written, so that the sessions have ended; the caller can retry the rest.
    [Fact]
    public async Task Ending_all_sessions_takes_effect_when_a_later_step_fails()
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
