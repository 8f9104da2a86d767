using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The id of the session of a request: "this device" in the list.
/// </summary>
public sealed class CurrentSessionTests
{
    [Fact]
    public async Task The_current_id_is_the_one_in_the_list()
    {
        await using var site = await ServerSite.StartAsync();
        var (one, other) = (await site.SignedInAsync(), await site.SignedInAsync());

        var ids = new[] { await one.IdAsync(), await other.IdAsync() };

        Assert.NotEqual(ids[0], ids[1]);
        Assert.Equal(ids.Order(), (await site.ListAsync()).Select(session => session.Id).Order());
        Assert.Equal(ids[0], await one.IdAsync("Cookies"));
    }

    [Fact]
    public async Task The_current_id_stays_the_same_through_refreshes_and_slides_in_both_processes()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = await farm.First.SignedInAsync();
        var id = await browser.IdAsync();

        foreach (var time in new[] { TestSite.TokenLifetime, TimeSpan.FromDays(8) })
        {
            farm.First.Clock.Pass(time);
            Assert.Equal(id, await browser.IdAsync());
            Assert.Equal(id, await browser.Copy(farm.Second).IdAsync());
        }
    }

    [Fact]
    public async Task A_visitor_has_no_current_id()
    {
        await using var site = await ServerSite.StartAsync();
        var signedOut = await site.SignedInAsync();
        await signedOut.GetAsync("/sign-out");

        Assert.Equal("none", await site.Browser().IdAsync());
        Assert.Equal("none", await signedOut.IdAsync());
    }

    [Fact]
    public async Task Each_cookie_has_its_own_current_id()
    {
        await using var site = await ServerSite.StartWithTwoCookiesAsync();
        var browser = await site.SignedInAsync();
        Assert.Equal("none", await browser.IdAsync("Other"));
        await browser.GetAsync("/as?cookie=Other&user=another");

        Assert.Equal(Assert.Single(await site.ListAsync()).Id, await browser.IdAsync());
        Assert.Equal(Assert.Single(await site.ListAsync("another", "Other")).Id, await browser.IdAsync("Other"));
    }

    [Fact]
    public async Task A_page_signs_out_of_all_other_devices()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Pages["/only-here"] = async context =>
        {
            var sessions = context.RequestServices.GetRequiredService<BinanceSessions>();
            foreach (var session in await sessions.ListAsync(ServerSite.User, cancellationToken: context.RequestAborted))
            {
                if (session.Id != sessions.GetCurrentId(context))
                {
                    await sessions.EndAsync(ServerSite.User, session.Id, cancellationToken: context.RequestAborted);
                }
            }
        });
        var browsers = new[] { await site.SignedInAsync(), await site.SignedInAsync(), await site.SignedInAsync() };

        await browsers[1].GetAsync("/only-here");

        Assert.True((await browsers[1].SessionAsync()).SignedIn);
        Assert.False((await browsers[0].SessionAsync()).SignedIn);
        Assert.False((await browsers[2].SessionAsync()).SignedIn);
        Assert.Equal(2, site.Revocations.Count);
    }

    [Fact]
    public async Task A_page_that_ends_its_own_session_and_signs_out_deletes_the_cookie_and_revokes_once()
    {
        await using var site = await ServerSite.StartAsync(static setup => setup.Pages["/end"] = static async context =>
        {
            var sessions = context.RequestServices.GetRequiredService<BinanceSessions>();
            await sessions.EndAsync(ServerSite.User, sessions.GetCurrentId(context)!, cancellationToken: context.RequestAborted);
            await context.SignOutAsync();
        });
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/end");

        Assert.False(browser.HasSessionCookie);
        Assert.Single(site.Revocations);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)] // The session slides in this request.
    public async Task A_page_that_ends_all_and_signs_out_deletes_the_cookie_and_revokes_once(int days)
    {
        await using var site = await ServerSite.StartAsync(setup =>
        {
            setup.Persist();
            setup.Pages["/end"] = async context =>
            {
                var sessions = context.RequestServices.GetRequiredService<BinanceSessions>();
                await sessions.EndAllAsync(ServerSite.User, cancellationToken: context.RequestAborted);
                await context.SignOutAsync();
            };
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromDays(days));

        Assert.True((await browser.GetAsync("/end")).DeletesSessionCookie);

        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        Assert.Empty(site.Store().Tickets());
    }

    [Fact]
    public async Task A_page_that_ends_its_own_session_does_not_restore_it()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Pages["/end"] = async context =>
        {
            var sessions = context.RequestServices.GetRequiredService<BinanceSessions>();
            await sessions.EndAllAsync(ServerSite.User, cancellationToken: context.RequestAborted);
        });
        var browser = await site.SignedInAsync();

        // The session slides in this request.
        site.Clock.Pass(TimeSpan.FromDays(8));
        await browser.GetAsync("/end");

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }
}
