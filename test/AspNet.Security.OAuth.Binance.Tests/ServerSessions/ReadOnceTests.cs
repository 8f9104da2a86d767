using System.Collections.Concurrent;
using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The sessions of a request are read from the cache before the application runs, for the first use of each.
/// </summary>
public sealed class ReadOnceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_reads_each_session_once(bool hasBoth)
    {
        await using var site = await StartAsync("/both", static async context =>
        {
            await context.AuthenticateAsync("Cookies");
            await context.AuthenticateAsync("Other");
        });
        var browser = await site.SignedInAsync();
        if (hasBoth)
        {
            await browser.GetAsync("/as?cookie=Other&user=another");
        }

        var read = new ConcurrentQueue<string>();
        site.Store().Commands.Before = (command, key) =>
        {
            if (command is StoreCommand.Get && key.StartsWith(ServerSite.Ticket, StringComparison.Ordinal))
            {
                read.Enqueue(key);
            }

            return Task.CompletedTask;
        };
        await browser.GetAsync("/both");

        Assert.Equal(site.Store().Tickets().Order(), read.Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task First_use_of_a_session_needs_no_read_and_the_next_one_returns_the_current_state(bool hasBoth)
    {
        var key = "";
        List<(bool IsLive, bool Reads)> uses = [];
        await using var site = await StartAsync("/read", async context =>
        {
            for (var i = 0; i < 2; i++)
            {
                var before = CommandsOf(context);
                var ticket = await OtherStore(context).RetrieveAsync(key, context, context.RequestAborted);
                uses.Add((ticket is not null, CommandsOf(context) > before));
            }
        });
        var browser = hasBoth ? await site.SignedInAsync() : site.Browser();
        key = await SignInToOtherAsync(site, browser, "another");

        await browser.GetAsync("/read");

        Assert.Equal([(true, false), (true, true)], uses);
    }

    [Fact]
    public async Task The_key_of_another_session_finds_that_one()
    {
        var (key, found) = ("", "");
        await using var site = await StartAsync(
            "/read", async context => found = (await OtherStore(context).RetrieveAsync(key, context, context.RequestAborted))!.Principal.FindFirstValue(ClaimTypes.NameIdentifier));
        var (browser, other) = (site.Browser(), site.Browser());
        await SignInToOtherAsync(site, browser, "one");
        key = await SignInToOtherAsync(site, other, "another");

        await browser.GetAsync("/read");

        Assert.Equal("another", found);
    }

    private static Task<TestSite> StartAsync(string path, RequestDelegate page) => ServerSite.StartAsync(
        setup =>
        {
            setup.Authentication = static builder => builder.AddCookie("Other");
            setup.Pages[path] = page;
        },
        null,
        "Cookies",
        "Other");

    private static ITicketStore OtherStore(HttpContext context)
        => context.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Other").SessionStore!;

    private static int CommandsOf(HttpContext context) => ((SharedStore)context.RequestServices.GetRequiredService<IDistributedCache>()).Commands.Count;

    /// <returns>The key in the cookie.</returns>
    private static async Task<string> SignInToOtherAsync(TestSite site, SiteBrowser browser, string user)
    {
        await browser.GetAsync($"/as?cookie=Other&user={user}");
        return Assert.Single(site.CookieOptions("Other").TicketDataFormat.Unprotect(browser.Cookie(".AspNetCore.Other"))!.Principal.Claims).Value;
    }
}
