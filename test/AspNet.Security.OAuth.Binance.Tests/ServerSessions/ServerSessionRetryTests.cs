using System.Net;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A command of the sessions' cache that fails once or a few times.
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
        var failures = site.Store().Commands.FailNext(times, StoreCommand.Get, entry);

        var response = await browser.GetAsync("/session");

        Assert.Equal(0, failures.Left);
        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.True(response.Session.SignedIn);
        Assert.Empty(response.SetCookies);
        Assert.Empty(site.Logged(LogLevel.Error));
        Assert.Empty(site.Logged(LogLevel.Warning));
    }

    [Fact(Timeout = 40_000)]
    public async Task A_read_that_fails_three_times_is_a_503_with_one_error()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var failures = site.Store().Commands.FailNext(3, StoreCommand.Get, ServerSite.Ticket);

        var response = await browser.GetAsync("/session");

        Assert.Equal(0, failures.Left);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.Empty(response.SetCookies);
        Assert.Equal("SessionsUnavailable", Assert.Single(site.Logged(LogLevel.Error)).Id.Name);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_sign_in_whose_writes_fail_briefly_succeeds(int times)
    {
        await using var site = await ServerSite.StartAsync();
        var failures = site.Store().Commands.FailNext(times, StoreCommand.Set, ServerSite.Ticket);

        var browser = await site.SignedInAsync();

        Assert.Equal(0, failures.Left);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Logged(LogLevel.Error));
    }

    [Theory(Timeout = 40_000)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_sign_out_whose_removal_fails_briefly_succeeds(int times)
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var copy = browser.Copy();
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
    public async Task A_refresh_whose_write_fails_briefly_is_stored_once(int times)
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Clock.Pass(StoreOutages.DueAge);
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
