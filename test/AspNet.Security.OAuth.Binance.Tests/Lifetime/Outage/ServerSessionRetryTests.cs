using System.Net;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;

/// <summary>
/// A command of the cache that holds the sessions, and that fails for a moment.
/// </summary>
public sealed class ServerSessionRetryTests
{
    public static MatrixTheoryData<string, int> Reads => new([ServerSite.Ticket, ServerSite.Generation, "AspNet.Security.OAuth.Binance:"], [1, 2]);

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Reads))]
    public async Task A_read_that_fails_once_or_twice_is_no_503(string entry, int times)
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Clock.PausesPass = true;
        var failures = site.Store().Commands.FailNext(times, StoreCommand.Get, entry);

        var answer = await browser.GetAsync("/session");

        Assert.Equal(0, failures.Left);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.True(answer.Session.SignedIn);
        Assert.Empty(answer.SetCookies);
        Assert.Empty(site.Logged(LogLevel.Error));
        Assert.Empty(site.Logged(LogLevel.Warning));
    }

    [Fact(Timeout = 40_000)]
    public async Task A_read_that_fails_three_times_is_a_503_with_one_error()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Clock.PausesPass = true;
        var failures = site.Store().Commands.FailNext(3, StoreCommand.Get, ServerSite.Ticket);

        var answer = await browser.GetAsync("/session");

        Assert.Equal(0, failures.Left);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Empty(answer.SetCookies);
        Assert.Equal("SessionsUnavailable", Assert.Single(site.Logged(LogLevel.Error)).Id.Name);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_sign_in_whose_writes_fail_for_a_moment_is_signed_in(int times)
    {
        await using var site = await ServerSite.StartAsync();
        site.Clock.PausesPass = true;
        var failures = site.Store().Commands.FailNext(times, StoreCommand.Set, ServerSite.Ticket);

        var browser = await site.SignedInAsync();

        Assert.Equal(0, failures.Left);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Logged(LogLevel.Error));
    }

    [Theory(Timeout = 40_000)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_sign_out_whose_removal_fails_for_a_moment_is_signed_out(int times)
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var copy = browser.Copy();
        site.Clock.PausesPass = true;
        var failures = site.Store().Commands.FailNext(times, StoreCommand.Remove, ServerSite.Ticket);

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/sign-out")).Status);

        Assert.Equal(0, failures.Left);
        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Empty(site.Store().Tickets());
        Assert.Single(site.Revocations);
        Assert.Empty(site.Logged(LogLevel.Error));
    }

    [Theory(Timeout = 40_000)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_refresh_whose_write_fails_for_a_moment_is_stored_once(int times)
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Clock.Pass(StoreOutages.DueAge);
        site.Clock.PausesPass = true;
        var failures = site.Store().Commands.FailNext(times, StoreCommand.Set, ServerSite.Ticket);

        var session = await browser.SessionAsync();

        Assert.Equal(0, failures.Left);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(2, site.Store().TicketWrites().Count);
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        Assert.Equal(session.AccessToken, (await browser.SessionAsync()).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Empty(site.Logged(LogLevel.Error));
    }
}
