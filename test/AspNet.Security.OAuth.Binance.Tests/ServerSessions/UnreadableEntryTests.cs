using System.Security.Cryptography;
using System.Text;

using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// An entry that this site did not write, or that is damaged: the request is anonymous, and one warning is logged.
/// </summary>
public sealed class UnreadableEntryTests
{
    private static readonly Dictionary<string, Func<byte[], IServiceProvider, byte[]>> _damages = new()
    {
        ["empty"] = (_, _) => [],
        ["one byte"] = (_, _) => [0],
        ["truncated"] = (entry, _) => entry[..(entry.Length / 2)],
        ["without its last byte"] = (entry, _) => entry[..^1],
        ["one bit changed"] = (entry, _) => [.. entry[..^20], (byte)(entry[^20] ^ 1), .. entry[^19..]],
        ["with more after it"] = (entry, _) => [.. entry, 0],
        ["random"] = (_, _) => RandomNumberGenerator.GetBytes(2000),
        ["text"] = (_, _) => Encoding.UTF8.GetBytes("""{"user":"somebody"}"""),
        ["protected for something else"] = (_, services) => Protect(services, "something else"u8.ToArray()),
        ["the ticket of another version of the framework"] = (entry, services) => WithTicket(services, entry, [0, 0, 0, 0]),
        ["a ticket that ends early"] = (entry, services) => WithTicket(services, entry, [5]),
    };

    public static TheoryData<string> Damages => [.. _damages.Keys];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task An_unreadable_entry_is_anonymous_and_logged_once(string damage)
    {
        await using var site = await ServerSite.StartAsync();
        var (browser, other) = (await site.SignedInAsync(), await site.SignedInAsync());
        await DamageAsync(site, browser, damage);

        for (var i = 0; i < 10; i++)
        {
            var response = await browser.GetAsync("/session");

            Assert.False(response.Session.SignedIn);
            Assert.Empty(response.SetCookies);
        }

        var warning = Assert.Single(site.Logged(LogLevel.Warning));
        Assert.Equal((116, "SessionUnreadable"), (warning.Id.Id, warning.Id.Name));
        Assert.Empty(site.Logged(LogLevel.Error));
        Assert.True((await other.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Concurrent_requests_log_an_unreadable_entry_once()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        await DamageAsync(site, browser, "random");

        Assert.All(await browser.SendManyAsync(10), response => Assert.False(response.Session.SignedIn));

        Assert.Single(site.Logged(LogLevel.Warning));
    }

    [Fact]
    public async Task Two_unreadable_entries_are_logged_separately()
    {
        await using var site = await ServerSite.StartAsync();
        foreach (var browser in new[] { await site.SignedInAsync(), await site.SignedInAsync() })
        {
            await DamageAsync(site, browser, "random");
            await browser.SessionAsync();
        }

        Assert.Equal(2, site.Logged(LogLevel.Warning).Count);
    }

    // An attacker who can write to the cache must not fill the log.
    [Fact]
    public async Task Of_more_than_ten_thousand_unreadable_entries_the_first_are_logged()
    {
        await using var site = await ServerSite.StartAsync();
        var store = site.Store();
        store.Commands.Before = (command, key) => command is StoreCommand.Get
            ? store.SetAsync(key, [0], new(), TestContext.Current.CancellationToken)
            : Task.CompletedTask;

        // Each call reads two entries: the list of a user, and the generation.
        for (var user = 0; user <= 5_000; user++)
        {
            Assert.Empty(await site.ListAsync($"user {user}"));
        }

        Assert.Equal(10_002, store.Keys.Count);
        Assert.Equal(10_000, site.Logged(LogLevel.Warning).Count);
    }

    [Fact]
    public async Task The_user_can_sign_in_over_an_unreadable_entry()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        await DamageAsync(site, browser, "truncated");

        await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_sign_out_deletes_the_cookie_of_an_unreadable_entry()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        await DamageAsync(site, browser, "truncated");

        var response = await browser.GetAsync("/sign-out");

        Assert.Equal(System.Net.HttpStatusCode.OK, response.Status);
        Assert.False(browser.HasSessionCookie);
    }

    [Fact]
    public async Task A_lost_entry_is_anonymous_and_not_logged()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Store().Lose();

        var response = await browser.GetAsync("/session");

        Assert.False(response.Session.SignedIn);
        Assert.Empty(response.SetCookies);
        Assert.Empty(site.Logged(LogLevel.Warning));
    }

    private static async Task DamageAsync(TestSite site, SiteBrowser browser, string damage)
    {
        var key = ServerSite.Ticket + await browser.IdAsync();
        site.Store().Tamper(key, _damages[damage](site.Store().Find(key)!, site.Services));
    }

    private static byte[] Protect(IServiceProvider services, byte[] value)
        => services.GetRequiredService<IDataProtectionProvider>().CreateProtector("another purpose").Protect(value);

    // The entry is protected, and bound to its key, as before.
    private static byte[] WithTicket(IServiceProvider services, byte[] entry, byte[] ticket)
    {
        var protector = services.GetRequiredService<IDataProtectionProvider>().CreateProtector("AspNet.Security.OAuth.Binance.Sessions", "v1");
        return protector.Protect([.. protector.Unprotect(entry)[..16], .. ticket]);
    }
}
