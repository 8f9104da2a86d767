using System.Globalization;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// The items of a ticket: an empty one counts as missing, and a refusal removes those of the tokens.
/// </summary>
public sealed class TicketItemsTests
{
    [Fact]
    public async Task Ticket_with_an_empty_marker_is_refreshed()
    {
        await using var site = await TestSite.StartAsync();
        var ticket = site.NewTicket();
        ticket.Items[".binance"] = string.Empty;
        var browser = site.Browser();
        await browser.AdoptAsync(ticket);
        site.Clock.Pass(TestSite.TokenLifetime);

        var session = await browser.SessionAsync();

        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Empty_refresh_token_is_not_reported_as_one_that_cannot_be_refreshed()
    {
        await using var site = await TestSite.StartAsync();
        var ticket = site.NewTicket();
        ticket.UpdateTokenValue("refresh_token", string.Empty);
        ticket.UpdateTokenValue("expires_at", site.Clock.GetUtcNow().ToString("o", CultureInfo.InvariantCulture));
        var browser = site.Browser();
        await browser.AdoptAsync(ticket);

        Assert.True((await browser.SessionAsync()).SignedIn);

        Assert.DoesNotContain(site.Logs, record => record.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Ticket_without_its_refused_tokens_has_no_lifetime_of_them()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Binance = options => options.EndSessionWhenRefused = false);
        site.Emulator.Options.AccessTokenLifetime = TimeSpan.FromMinutes(4);
        var browser = await site.SignedInAsync();
        Assert.Equal("240", (await browser.SessionAsync()).Items[".binance.expires_in"]);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.InvalidGrant);
        site.Clock.Pass(TimeSpan.FromMinutes(4));
        await browser.SessionAsync();

        var session = await browser.SessionAsync();

        Assert.True(session.SignedIn);
        Assert.DoesNotContain(session.Items.Keys, key => key.StartsWith(".Token.", StringComparison.Ordinal) || key == ".binance.expires_in");
    }

    [Fact]
    public async Task Cookie_of_a_session_that_continues_without_its_refused_tokens_has_none()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Binance = options => options.EndSessionWhenRefused = false);
        var browser = await site.WithExpiredTokenAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.InvalidGrant);

        await browser.SessionAsync();

        Assert.Empty(site.Ticket(browser.SessionCookie.Value).Properties.GetTokens());
    }

    [Fact]
    public async Task Cookie_of_a_session_that_would_continue_without_refused_tokens_has_those_of_a_refresh()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Binance = options => options.EndSessionWhenRefused = false);
        var browser = await site.WithExpiredTokenAsync();

        await browser.SessionAsync();

        Assert.True(site.Emulator.Tokens.IsLive(site.Ticket(browser.SessionCookie.Value).Properties.GetTokenValue("access_token")!));
    }
}
