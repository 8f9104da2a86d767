using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// An entry is in the cache until its ticket expires.
/// </summary>
public sealed class EntryLifeTests
{
    private static readonly TimeSpan _life = TimeSpan.FromDays(14);

    [Fact]
    public async Task An_entry_is_written_for_the_lifetime_of_the_ticket()
    {
        await using var site = await ServerSite.StartAsync();

        var browser = await site.SignedInAsync();

        Assert.Equal(_life, Assert.Single(site.Store().TicketWrites()).Life);
        Assert.Equal(site.Clock.GetUtcNow() + _life, (await browser.SessionAsync()).Expires);
    }

    [Fact]
    public async Task A_refresh_does_not_extend_the_entry()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();

        await browser.SessionAsync();

        Assert.Equal(_life - TestSite.TokenLifetime, site.Store().TicketWrites()[^1].Life);
    }

    [Fact]
    public async Task A_slide_restarts_the_entry_s_lifetime()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Binance = options => options.AutomaticRefresh = false);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromDays(8));

        await browser.SessionAsync();

        Assert.Equal([_life, _life], site.Store().TicketWrites().Select(entry => entry.Life!.Value));
        site.Clock.Pass(TimeSpan.FromDays(8));
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task The_entry_of_a_ticket_with_its_own_expiry_ends_with_it()
    {
        await using var site = await ServerSite.StartAsync();
        var ticket = site.NewTicket();
        ticket.ExpiresUtc = site.Clock.GetUtcNow().AddHours(3);
        var browser = site.Browser();

        await browser.AdoptAsync(ticket);

        Assert.Equal(TimeSpan.FromHours(3), Assert.Single(site.Store().TicketWrites()).Life);
    }

    // The application's own expiry has passed when the entry is written: the user is not signed in, and this is no outage.
    [Theory]
    [InlineData(-3_600_000)]
    [InlineData(-1_000)] // The list would have a lifetime of zero.
    [InlineData(0)]
    [InlineData(500)]
    public async Task A_ticket_that_expires_immediately_is_no_outage(int milliseconds)
    {
        await using var site = await ServerSite.StartAsync();
        var ticket = site.NewTicket();
        ticket.ExpiresUtc = site.Clock.GetUtcNow().AddMilliseconds(milliseconds);
        var browser = site.Browser();

        await browser.AdoptAsync(ticket);
        site.Clock.Pass(TimeSpan.FromSeconds(1));

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Logged(LogLevel.Error));
    }

    [Fact]
    public async Task The_cookie_of_an_expired_ticket_is_anonymous()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Clock.Pass(_life);

        var response = await browser.GetAsync("/session");

        Assert.False(response.Session.SignedIn);
        Assert.Empty(response.SetCookies);
        Assert.Empty(site.Store().Tickets());
    }

    [Theory]
    [InlineData(14, 90, 14)]
    [InlineData(120, 90, 90)]
    public async Task The_mark_of_an_end_outlives_the_ticket_by_a_day(int ticket, int maximum, int days)
    {
        await using var site = await ServerSite.StartAsync(
            setup => setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromDays(ticket), options => options.MaximumLifetime = TimeSpan.FromDays(maximum));
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/sign-out");

        Assert.Equal(TimeSpan.FromDays(days + 1), LifeOf(site, "AspNet.Security.OAuth.Binance:ended:"));
    }

    [Fact]
    public async Task The_mark_of_the_end_of_a_lost_session_outlives_a_ticket_by_a_day()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromDays(3));
        var browser = await site.SignedInAsync();
        site.Store().Lose(ServerSite.Ticket);

        await site.CookieOptions().SessionStore!.RemoveAsync(site.StoreKey(browser.SessionCookie.Value), TestContext.Current.CancellationToken);

        Assert.Equal(TimeSpan.FromDays(4), LifeOf(site, "AspNet.Security.OAuth.Binance:ended:"));
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task An_entry_that_could_not_be_removed_at_the_end_of_its_session_is_removed_by_a_later_sign_out()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Store().Commands.FailNext(3, StoreCommand.Remove, ServerSite.Ticket);
        await site.EndAsync(await browser.IdAsync());
        Assert.Single(site.Store().Tickets());

        await site.CookieOptions().SessionStore!.RemoveAsync(site.StoreKey(browser.SessionCookie.Value), TestContext.Current.CancellationToken);

        Assert.Empty(site.Store().Tickets());
    }

    [Fact]
    public async Task The_end_of_all_sessions_of_a_user_outlives_the_longest_session_by_a_day()
    {
        await using var site = await ServerSite.StartAsync(sessions: options => options.MaximumLifetime = TimeSpan.FromDays(20));
        await site.SignedInAsync();

        await site.EndAllAsync();

        Assert.Equal(TimeSpan.FromDays(21), LifeOf(site, ServerSite.Generation));
    }

    [Fact]
    public async Task The_list_of_a_user_ends_with_the_longest_session_rounded_up()
    {
        await using var site = await ServerSite.StartAsync();
        await site.Browser().AdoptAsync(site.NewTicket());
        var ticket = site.NewTicket();
        ticket.ExpiresUtc = site.Clock.GetUtcNow().AddHours(3);

        await site.Browser().AdoptAsync(ticket);

        Assert.Single(site.Store().Keys, key => key.StartsWith(ServerSite.Index, StringComparison.Ordinal));
        Assert.Equal([_life + TimeSpan.FromSeconds(1), _life + TimeSpan.FromSeconds(1)], ListWrites(site).Select(life => life!.Value));
    }

    [Fact]
    public async Task The_list_of_a_user_is_written_when_a_session_slides_and_not_when_it_is_refreshed()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();

        await browser.SessionAsync();
        Assert.Equal(2, site.Store().TicketWrites().Count);
        Assert.Single(ListWrites(site));

        site.Clock.Pass(TimeSpan.FromDays(8));
        await browser.SessionAsync();
        Assert.Equal(2, ListWrites(site).Count);
    }

    [Fact]
    public async Task The_list_of_a_user_without_sessions_is_removed()
    {
        await using var site = await ServerSite.StartAsync();
        var (one, other) = (await site.SignedInAsync(), await site.SignedInAsync());
        var list = Assert.Single(site.Store().Keys, IsList);

        await one.GetAsync("/sign-out");
        Assert.Equal([list], site.Store().Keys.Where(IsList));
        await site.EndAsync(await other.IdAsync());

        Assert.DoesNotContain(site.Store().Keys, IsList);

        static bool IsList(string key) => key.StartsWith(ServerSite.Index, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_slides_for_half_a_year_stays_in_the_list_and_can_be_ended()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Binance = options => options.AutomaticRefresh = false);
        var browser = await site.SignedInAsync();
        for (var days = 0; days < 180; days += 9)
        {
            site.Clock.Pass(TimeSpan.FromDays(9));
            Assert.True((await browser.SessionAsync()).SignedIn);
        }

        Assert.Equal(await browser.IdAsync(), Assert.Single(await site.ListAsync()).Id);
        await site.EndAllAsync();
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    private static IReadOnlyList<TimeSpan?> ListWrites(TestSite site)
        => [.. site.Store().Written.Where(entry => entry.Key.StartsWith(ServerSite.Index, StringComparison.Ordinal)).Select(entry => entry.Life)];

    private static TimeSpan LifeOf(TestSite site, string prefix)
        => Assert.Single(site.Store().Written, entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).Life!.Value;
}
