using System.Security.Cryptography;
using System.Text;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// An entry that nobody of this site wrote, or that came apart: no session, and one line in the log.
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
    };

    public static TheoryData<string> Damages => [.. _damages.Keys];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task It_is_no_session_and_is_logged_once(string damage)
    {
        await using var site = await ServerSite.StartAsync();
        var (browser, other) = (await site.SignedInAsync(), await site.SignedInAsync());
        await DamageAsync(site, browser, damage);

        for (var i = 0; i < 10; i++)
        {
            var answer = await browser.GetAsync("/session");

            Assert.False(answer.Session.SignedIn);
            Assert.Empty(answer.SetCookies);
        }

        var warning = Assert.Single(site.Logged(LogLevel.Warning));
        Assert.Equal((116, "SessionUnreadable"), (warning.Id.Id, warning.Id.Name));
        Assert.Empty(site.Logged(LogLevel.Error));
        Assert.True((await other.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Ten_requests_at_once_log_it_once_as_well()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        await DamageAsync(site, browser, "random");

        Assert.All(await browser.SendManyAsync(10), answer => Assert.False(answer.Session.SignedIn));

        Assert.Single(site.Logged(LogLevel.Warning));
    }

    [Fact]
    public async Task Two_entries_are_logged_twice()
    {
        await using var site = await ServerSite.StartAsync();
        foreach (var browser in new[] { await site.SignedInAsync(), await site.SignedInAsync() })
        {
            await DamageAsync(site, browser, "random");
            await browser.SessionAsync();
        }

        Assert.Equal(2, site.Logged(LogLevel.Warning).Count);
    }

    [Fact]
    public async Task The_user_signs_in_again_over_it()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        await DamageAsync(site, browser, "truncated");

        await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task The_user_signs_out_of_it()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        await DamageAsync(site, browser, "truncated");

        var answer = await browser.GetAsync("/sign-out");

        Assert.Equal(System.Net.HttpStatusCode.OK, answer.Status);
        Assert.False(browser.HasSession);
    }

    [Fact]
    public async Task An_entry_that_is_lost_is_no_session_and_is_not_logged()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Store().Lose();

        var answer = await browser.GetAsync("/session");

        Assert.False(answer.Session.SignedIn);
        Assert.Empty(answer.SetCookies);
        Assert.Empty(site.Logged(LogLevel.Warning));
    }

    private static async Task DamageAsync(LifetimeSite site, LifetimeBrowser browser, string damage)
    {
        var key = ServerSite.Ticket + await browser.IdAsync();
        site.Store().Tamper(key, _damages[damage](site.Store().Find(key)!, site.Services));
    }

    private static byte[] Protect(IServiceProvider services, byte[] value)
        => services.GetRequiredService<IDataProtectionProvider>().CreateProtector("another purpose").Protect(value);
}
