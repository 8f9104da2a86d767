using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// Sessions that are kept on the server, so that the cookie is no more than a key.
/// </summary>
public sealed class SessionStoreTests
{
    [Theory]
    [InlineData("scheme=Cookies")]
    [InlineData("scheme=Cookies&scheme=Binance")]
    [InlineData("scheme=Binance&scheme=Cookies")]
    public async Task A_session_on_the_server_is_revoked_although_it_is_removed_first(string schemes)
    {
        using var binance = new BinanceStub();
        var store = new SessionStore();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Cookie = options => options.SessionStore = store);
        var browser = new SiteBrowser(site);

        using var signedIn = await browser.SignInAsync();
        Assert.Single(store.Tickets);
        Assert.Equal(Answers.UserId, (await browser.SessionAsync()).UserId);
        using var response = await browser.GetAsync($"/sign-out?{schemes}");

        Assert.Empty(store.Tickets);
        Assert.Single(binance.Revocations);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    private sealed class SessionStore : ITicketStore
    {
        public ConcurrentDictionary<string, AuthenticationTicket> Tickets { get; } = [];

        public Task<string> StoreAsync(AuthenticationTicket ticket)
        {
            var key = Guid.NewGuid().ToString();
            Tickets[key] = ticket;
            return Task.FromResult(key);
        }

        public Task RenewAsync(string key, AuthenticationTicket ticket) => Task.FromResult(Tickets[key] = ticket);

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => Task.FromResult(Tickets.GetValueOrDefault(key));

        public Task RemoveAsync(string key) => Task.FromResult(Tickets.TryRemove(key, out _));
    }
}
