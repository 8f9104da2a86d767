using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The site's keys of data protection change. A process knows those of its start.
/// </summary>
public sealed class KeyRotationTests
{
    [Fact]
    public async Task A_session_of_an_old_key_is_read_and_written_with_the_new_one()
    {
        var keys = new KeyRing();
        await using var site = await LifetimeSite.StartAsync(setup => Configure(setup, keys, store: null));
        var browser = await site.SignedInAsync();
        var old = KeyOf(site.Store());

        var rotated = keys.Rotate().KeyId;
        await using var next = await site.StartNeighbourAsync(setup => Configure(setup, keys, site.Store()));
        var there = browser.Copy(next);
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        Assert.True((await there.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
        Assert.NotEqual(old, rotated);
        Assert.Equal(rotated, KeyOf(site.Store()));
        Assert.Single(await next.ListAsync());
        await next.EndAllAsync();
        Assert.False((await there.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_session_that_was_written_with_a_revoked_key_is_none()
    {
        var keys = new KeyRing();
        await using var site = await LifetimeSite.StartAsync(setup => Configure(setup, keys, store: null));
        var (browser, other) = (await site.SignedInAsync(), await site.SignedInAsync());
        var revoked = keys.Rotate().KeyId;
        await using (var between = await site.StartNeighbourAsync(setup => Configure(setup, keys, site.Store())))
        {
            // The entry has the new key; the cookie, which is not written, keeps the old one.
            site.Clock.Pass(LifetimeSite.TokenLifetime);
            Assert.True((await browser.Copy(between).SessionAsync()).SignedIn);
            Assert.Equal(revoked, KeyOf(site.Store()));
        }

        keys.Revoke(revoked);
        await using var next = await site.StartNeighbourAsync(setup => Configure(setup, keys, site.Store()));
        var answer = await browser.Copy(next).GetAsync("/session");

        Assert.False(answer.Session.SignedIn);
        Assert.Empty(answer.SetCookies);
        Assert.Equal("SessionUnreadable", Assert.Single(next.Logged(LogLevel.Warning)).Id.Name);
        Assert.True((await other.Copy(next).SessionAsync()).SignedIn);
    }

    private static void Configure(LifetimeSetup setup, KeyRing keys, SharedStore? store)
    {
        setup.KeepOnServer();
        setup.Services = services => services
            .AddSingleton<IDataProtectionProvider>(keys.OpenProvider())
            .AddSingleton<IDistributedCache>(provider => store ?? new SharedStore(provider.GetRequiredService<TimeProvider>()));
    }

    // The key of the session that was written last: what data protection makes begins with four bytes and the key's id.
    private static Guid KeyOf(SharedStore store) => new(store.TicketWrites()[^1].Value.AsSpan(4, 16));
}
