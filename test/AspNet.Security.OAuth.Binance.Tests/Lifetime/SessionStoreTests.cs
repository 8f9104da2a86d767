using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// A cookie that holds a key only, and the ticket in a store of the application's.
/// </summary>
public sealed class SessionStoreTests
{
    [Fact]
    public async Task A_refresh_renews_the_ticket_in_the_store_under_the_same_key_and_leaves_the_cookie_alone()
    {
        var store = new Store();
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie => cookie.SessionStore = store);
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        var key = Assert.Single(store.Keys);
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        var answers = await browser.SendManyAsync(20);

        Assert.All(answers, answer => Assert.True(answer.Session.SignedIn));
        Assert.All(answers, answer => Assert.Null(answer.SessionCookie));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(key, Assert.Single(store.Keys));
        var after = await browser.SessionAsync();
        Assert.True(site.Emulator.Tokens.IsLive(after.AccessToken!));
        Assert.Equal((before.Issued, before.Expires), (after.Issued, after.Expires));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stored_session_that_slides_in_the_same_request_slides_and_holds_the_new_tokens(bool persistent)
    {
        var store = new Store();
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie =>
        {
            (cookie.SessionStore, cookie.ExpireTimeSpan) = (store, TimeSpan.FromHours(8));
            cookie.Events.OnSigningIn = context =>
            {
                context.Properties.IsPersistent = persistent;
                return Task.CompletedTask;
            };
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromHours(5));

        var answer = await browser.GetAsync("/session");
        var next = await browser.SessionAsync();

        var end = site.Clock.GetUtcNow() + TimeSpan.FromHours(8);
        Assert.Equal(end, next.Expires);
        Assert.Equal(persistent ? end : null, answer.SessionCookie!.Expires);
        Assert.True(site.Emulator.Tokens.IsLive(next.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_refused_refresh_removes_the_ticket_from_the_store()
    {
        var store = new Store();
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie => cookie.SessionStore = store);
        var browser = await site.SignedInAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        var answer = await browser.GetAsync("/session");

        Assert.False(answer.Session.SignedIn);
        Assert.True(answer.DeletesSessionCookie);
        Assert.Empty(store.Keys);
    }

    // Keeps tickets as bytes, as a store outside of the process does: what is read is a copy.
    private sealed class Store : ITicketStore
    {
        private readonly ConcurrentDictionary<string, byte[]> _tickets = [];

        public ICollection<string> Keys => _tickets.Keys;

        public async Task<string> StoreAsync(AuthenticationTicket ticket)
        {
            var key = Guid.NewGuid().ToString();
            await RenewAsync(key, ticket);
            return key;
        }

        public Task RenewAsync(string key, AuthenticationTicket ticket)
        {
            _tickets[key] = TicketSerializer.Default.Serialize(ticket);
            return Task.CompletedTask;
        }

        public Task<AuthenticationTicket?> RetrieveAsync(string key)
            => Task.FromResult(_tickets.TryGetValue(key, out var ticket) ? TicketSerializer.Default.Deserialize(ticket) : null);

        public Task RemoveAsync(string key)
        {
            _tickets.TryRemove(key, out _);
            return Task.CompletedTask;
        }
    }
}
