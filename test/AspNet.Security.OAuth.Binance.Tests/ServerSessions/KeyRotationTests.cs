using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The site's data protection keys change. A process knows the keys of its start.
/// </summary>
public sealed class KeyRotationTests
{
    [Fact]
    public async Task A_session_protected_with_an_old_key_is_rewritten_with_the_new_one()
    {
        var keys = new KeyRing();
        await using var site = await TestSite.StartAsync(setup => Configure(setup, keys, store: null));
        var browser = await site.SignedInAsync();
        var old = KeyOf(site.Store());

        var rotated = keys.Rotate().KeyId;
        await using var next = await site.StartNeighbourAsync(setup => Configure(setup, keys, site.Store()));
        var there = browser.Copy(next);
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.True((await there.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
        Assert.NotEqual(old, rotated);
        Assert.Equal(rotated, KeyOf(site.Store()));
        Assert.Single(await next.ListAsync());
        await next.EndAllAsync();
        Assert.False((await there.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_session_protected_with_a_revoked_key_is_rejected()
    {
        var keys = new KeyRing();
        await using var site = await TestSite.StartAsync(setup => Configure(setup, keys, store: null));
        var (browser, other) = (await site.SignedInAsync(), await site.SignedInAsync());
        var revoked = keys.Rotate().KeyId;
        await using (var between = await site.StartNeighbourAsync(setup => Configure(setup, keys, site.Store())))
        {
            // The entry has the new key; the cookie, which is not written, keeps the old one.
            site.Clock.Pass(TestSite.TokenLifetime);
            Assert.True((await browser.Copy(between).SessionAsync()).SignedIn);
            Assert.Equal(revoked, KeyOf(site.Store()));
        }

        keys.Revoke(revoked);
        await using var next = await site.StartNeighbourAsync(setup => Configure(setup, keys, site.Store()));
        var response = await browser.Copy(next).GetAsync("/session");

        Assert.False(response.Session.SignedIn);
        Assert.Empty(response.SetCookies);
        Assert.Equal("SessionUnreadable", Assert.Single(next.Logged(LogLevel.Warning)).Id.Name);
        Assert.True((await other.Copy(next).SessionAsync()).SignedIn);
    }

    private static void Configure(SiteSetup setup, KeyRing keys, SharedStore? store)
    {
        setup.KeepOnServer();
        setup.Services = services => services
            .AddSingleton<IDataProtectionProvider>(keys.OpenProvider())
            .AddSingleton<IDistributedCache>(provider => store ?? new SharedStore(provider.GetRequiredService<TimeProvider>()));
    }

    // The key that protects the last entry: a protected payload begins with a magic header of four bytes and the key's id.
    private static Guid KeyOf(SharedStore store) => new(store.TicketWrites()[^1].Value.AsSpan(4, 16));
}
