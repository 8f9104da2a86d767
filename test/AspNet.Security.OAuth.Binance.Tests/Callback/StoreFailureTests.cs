using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A sign-in over a session on the server, whose store or whose application fails when the framework has put the new ticket under the old key.
/// Whoever planted that key must not be in the new session.
/// </summary>
public sealed class StoreFailureTests
{
    [Theory]
    [InlineData("remove once", null)]
    [InlineData("store", null)]
    [InlineData("signed in", null)]
    [InlineData("ticket received", Answers.UserId)]
    [InlineData("signing in", Answers.UserId)]
    public async Task The_old_key_opens_no_session_of_a_sign_in_that_failed(string fault, string? afterwards)
    {
        var store = new FailingStore();
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, store);
        var browser = new SiteBrowser(site);
        using var before = await browser.SignInAsync();
        binance.Answer(BinanceStub.UserPath, Answers.UserDataWith("userId", "\"somebody-else\""));
        store.Fault = fault;

        using var failed = await browser.SignInAsync("/orders");
        store.Fault = null;

        Assert.Equal("/failed?failure=unknown&returnUrl=%2Forders", failed.Headers.Location?.OriginalString);
        Assert.Equal(afterwards, (await browser.SessionAsync()).UserId);
        Assert.Equal(afterwards is null ? 0 : 1, store.Inner.Keys.Count);
    }

    [Fact]
    public async Task A_store_that_removes_nothing_leaves_the_old_key()
    {
        var store = new FailingStore();
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, store);
        var browser = new SiteBrowser(site);
        using var before = await browser.SignInAsync();
        binance.Answer(BinanceStub.UserPath, Answers.UserDataWith("userId", "\"somebody-else\""));
        store.Fault = "remove";

        using var failed = await browser.SignInAsync("/orders");

        Assert.Equal("/failed?failure=unknown&returnUrl=%2Forders", failed.Headers.Location?.OriginalString);
        Assert.Equal("somebody-else", (await browser.SessionAsync()).UserId);
    }

    private static Task<TestSite> StartAsync(BinanceStub binance, FailingStore store) => TestSite.StartAsync(binance, setup =>
    {
        setup.Binance = options => options.Events.OnTicketReceived = _ => store.Reach("ticket received");
        setup.Cookie = options =>
        {
            options.SessionStore = store;
            options.Events.OnSigningIn = _ => store.Reach("signing in");
            options.Events.OnSignedIn = _ => store.Reach("signed in");
        };
    });

    private sealed class FailingStore : ITicketStore
    {
        public MemoryTicketStore Inner { get; } = new();

        public string? Fault { get; set; }

        public Task Reach(string place) => Fault == place ? throw new InvalidDataException("own fault") : Task.CompletedTask;

        public async Task<string> StoreAsync(AuthenticationTicket ticket)
        {
            await Reach("store");
            return await Inner.StoreAsync(ticket);
        }

        public Task RenewAsync(string key, AuthenticationTicket ticket) => Inner.RenewAsync(key, ticket);

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => Inner.RetrieveAsync(key);

        public async Task RemoveAsync(string key)
        {
            if (Fault is "remove once")
            {
                Fault = null;
                throw new InvalidDataException("own fault");
            }

            await Reach("remove");
            await Inner.RemoveAsync(key);
        }
    }
}
