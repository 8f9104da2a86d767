using System.Reflection;
using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The list of a user's sessions, for a page "your devices".
/// </summary>
public sealed class SessionListTests
{
    private static readonly TimeSpan _life = TimeSpan.FromDays(14);

    [Fact]
    public async Task The_list_shows_the_scheme_the_cookie_and_the_times_of_a_session()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var now = site.Clock.GetUtcNow();

        var session = Assert.Single(await site.ListAsync());

        Assert.Equal(
            (await browser.IdAsync(), "Binance", "Cookies", now, now + _life),
            (session.Id, session.Scheme, session.CookieScheme, session.SignedInAt, session.ExpiresAt));
    }

    [Fact]
    public async Task The_newest_sign_in_is_first()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Binance = options => options.AutomaticRefresh = false);
        var browsers = new List<SiteBrowser>();
        for (var i = 0; i < 3; i++)
        {
            browsers.Insert(0, await site.SignedInAsync());
            site.Clock.Pass(TimeSpan.FromHours(73));
        }

        // The oldest session slides, which does not change its place in the list.
        await browsers[^1].SessionAsync();

        var ids = new List<string>();
        foreach (var browser in browsers)
        {
            ids.Add(await browser.IdAsync());
        }

        Assert.Equal(ids, (await site.ListAsync()).Select(session => session.Id));
    }

    [Fact]
    public async Task The_list_contains_no_key_and_no_token()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        await browser.SessionAsync();
        var properties = typeof(BinanceSessionInfo).GetProperties(BindingFlags.Public | BindingFlags.Instance);

        var session = Assert.Single(await site.ListAsync());

        Assert.Equal(["CookieScheme", "ExpiresAt", "Id", "Scheme", "SignedInAt"], properties.Select(property => property.Name).Order());
        site.Secrets.AssertAbsentFrom(string.Join('\n', properties.Select(property => property.GetValue(session))));
    }

    [Fact]
    public async Task A_refresh_does_not_change_the_list_and_a_slide_changes_only_the_end()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var signedInAt = site.Clock.GetUtcNow();
        var before = Assert.Single(await site.ListAsync());

        site.Clock.Pass(TestSite.TokenLifetime);
        await browser.SessionAsync();
        var refreshed = Assert.Single(await site.ListAsync());
        site.Clock.Pass(TimeSpan.FromDays(8));
        await browser.SessionAsync();
        var slid = Assert.Single(await site.ListAsync());

        Assert.Equal((before.Id, signedInAt, signedInAt + _life), (refreshed.Id, refreshed.SignedInAt, refreshed.ExpiresAt));
        Assert.Equal((before.Id, signedInAt, site.Clock.GetUtcNow() + _life), (slid.Id, slid.SignedInAt, slid.ExpiresAt));
    }

    [Fact]
    public async Task A_session_whose_application_removed_its_properties_is_listed_with_its_last_renewal()
    {
        var removes = false;
        await using var site = await ServerSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = context =>
        {
            context.ShouldRenew = removes && context.Properties.Items.Remove(".binance.since");
            return Task.CompletedTask;
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(1));
        removes = true;
        await browser.SessionAsync();
        var renewedAt = site.Clock.GetUtcNow();

        site.Clock.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal(renewedAt, Assert.Single(await site.ListAsync()).SignedInAt);
    }

    [Fact]
    public async Task Ended_and_expired_sessions_are_not_listed()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Binance = options => options.AutomaticRefresh = false);
        var expired = await site.SignedInAsync();
        site.Clock.Pass(_life);
        var (signedOut, ended, replaced) = (await site.SignedInAsync(), await site.SignedInAsync(), await site.SignedInAsync());

        await signedOut.GetAsync("/sign-out");
        await site.EndAsync(await ended.IdAsync());
        await replaced.SignInAsync();

        Assert.False((await expired.SessionAsync()).SignedIn);
        Assert.Equal(await replaced.IdAsync(), Assert.Single(await site.ListAsync()).Id);
    }

    [Fact]
    public async Task A_session_whose_refresh_was_refused_is_not_listed()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TestSite.TokenLifetime);

        await browser.SessionAsync();

        Assert.Empty(await site.ListAsync());
    }

    [Fact]
    public async Task Sessions_of_other_users_are_not_listed()
    {
        await using var site = await ServerSite.StartAsync();
        var own = await site.SignedInAsync();
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        var other = await site.SignedInAsync();

        Assert.Equal(await own.IdAsync(), Assert.Single(await site.ListAsync()).Id);
        Assert.Equal(await other.IdAsync(), Assert.Single(await site.ListAsync(BinanceEmulatorDefaults.SecondUserId)).Id);
        Assert.Empty(await site.ListAsync("nobody"));
        Assert.Empty(await site.ListAsync(scheme: "a scheme that is not there"));
    }

    [Fact]
    public async Task A_user_id_that_differs_by_case_is_another_user()
    {
        await using var site = await ServerSite.StartAsync();
        await site.Browser().GetAsync("/as?user=Someone");

        Assert.Single(await site.ListAsync("Someone", "Cookies"));
        Assert.Empty(await site.ListAsync("someone", "Cookies"));
    }

    [Fact]
    public async Task A_process_lists_sessions_that_began_in_another()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var (here, there) = (await farm.First.SignedInAsync(), await farm.Second.SignedInAsync());

        var lists = (Here: await farm.First.ListAsync(), There: await farm.Second.ListAsync());

        Assert.Equal(new[] { await here.IdAsync(), await there.IdAsync() }.Order(), lists.Here.Select(session => session.Id).Order());
        Assert.Equal(lists.Here.Select(session => session.Id), lists.There.Select(session => session.Id));
    }

    [Fact]
    public async Task A_session_without_a_user_id_works()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Pages["/nameless"]
            = context => context.SignInAsync("Cookies", new ClaimsPrincipal(new ClaimsIdentity([new("role", "guest")], "test"))));
        var browser = site.Browser();

        await browser.GetAsync("/nameless");

        Assert.Equal("guest", (await browser.SessionAsync()).Claim("role"));
        await browser.GetAsync("/sign-out");
        Assert.False((await browser.SessionAsync()).SignedIn);
    }
}
