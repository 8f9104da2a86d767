
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A sign-in over a session on the server, whose store or whose application fails when the framework has stored the new ticket under the old
/// key. The key may have been planted by an attacker (session fixation), and must not open the new session.
/// </summary>
public sealed class StoreFailureTests
{
    [Theory]
    [InlineData("remove once", null)]
    [InlineData("store", null)]
    [InlineData("signed in", null)]
    [InlineData("ticket received", Responses.UserId)]
    [InlineData("signing in", Responses.UserId)]
    public async Task The_old_key_opens_no_session_of_a_sign_in_that_failed(string fault, string? afterwards)
    {
        var store = new FailingStore();
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, store);
        var browser = await SignedInBeforeAnotherUserAsync(site, binance);
        store.Fault = fault;

        var failed = await browser.SignInAsync("/orders");
        store.Fault = null;

        Assert.Equal("/failed?failure=unknown&returnUrl=%2Forders", failed.Location?.OriginalString);
        Assert.Equal(afterwards, (await browser.SessionAsync()).UserId);
        Assert.Equal(afterwards is null ? 0 : 1, store.Inner.Keys.Count);
    }

    [Fact]
    public async Task The_old_key_remains_when_the_store_removes_no_entry()
    {
        var store = new FailingStore();
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, store);
        var browser = await SignedInBeforeAnotherUserAsync(site, binance);
        store.Fault = "remove";

        var failed = await browser.SignInAsync("/orders");

        Assert.Equal("/failed?failure=unknown&returnUrl=%2Forders", failed.Location?.OriginalString);
        Assert.Equal("another-user", (await browser.SessionAsync()).UserId);
    }

    // On the server, a sign-in is stored under its own key from the start, and the earlier session stays until the callback has succeeded.
    [Theory]
    [InlineData("store", "unavailable")]
    [InlineData("signed in", "unknown")]
    [InlineData("ticket received", "unknown")]
    [InlineData("signing in", "unknown")]
    public async Task A_failed_sign_in_on_the_server_leaves_only_the_earlier_session(string fault, string failure)
    {
        var (place, sessions) = (new FaultyPlace(), new SessionStorage(SessionPlace.Server));
        using var binance = new BinanceStub();
        await using var site = await StartOnServerAsync(binance, place, sessions);
        var browser = await SignedInBeforeAnotherUserAsync(site, binance);
        var entry = Assert.Single(sessions.Entries);
        place.Fault = fault;

        var failed = await browser.SignInAsync("/orders");
        place.Fault = null;

        Assert.Equal($"/failed?failure={failure}&returnUrl=%2Forders", failed.Location?.OriginalString);
        Assert.Equal(Responses.UserId, (await browser.SessionAsync()).UserId);
        Assert.Equal(entry, Assert.Single(sessions.Entries));
    }

    [Fact]
    public async Task The_old_key_does_not_open_the_new_session_when_the_cache_removes_no_entry()
    {
        var (place, sessions) = (new FaultyPlace(), new SessionStorage(SessionPlace.Server));
        using var binance = new BinanceStub();
        await using var site = await StartOnServerAsync(binance, place, sessions);
        var (browser, attacker) = (await SignedInBeforeAnotherUserAsync(site, binance), site.Browser());
        attacker.Jar.Add(browser.SessionCookie);
        place.Fault = "remove";

        var over = await browser.SignInAsync("/orders");
        place.Fault = null;

        // The earlier session has a mark of its end, which is written before its entry is removed.
        Assert.Equal("/orders", over.Location?.OriginalString);
        Assert.Equal("another-user", (await browser.SessionAsync()).UserId);
        Assert.Null((await attacker.SessionAsync()).UserId);
    }

    // A browser that has signed in. The next sign-in is another user's.
    private static async Task<SiteBrowser> SignedInBeforeAnotherUserAsync(TestSite site, BinanceStub binance)
    {
        var browser = await site.SignedInAsync();
        binance.Respond(BinanceStub.UserPath, Responses.UserDataWith("userId", "\"another-user\""));
        return browser;
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

    private static async Task<TestSite> StartOnServerAsync(BinanceStub binance, FaultyPlace place, SessionStorage sessions)
    {
        var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.Binance = options => options.Events.OnTicketReceived = _ => place.Reach("ticket received");
            setup.Cookie = options =>
            {
                options.Events.OnSigningIn = _ => place.Reach("signing in");
                options.Events.OnSignedIn = _ => place.Reach("signed in");
            };
            sessions.Configure(setup);
        });
        sessions.Cache.Commands.Before = (command, _) => command switch
        {
            StoreCommand.Set => place.Reach("store"),
            StoreCommand.Remove => place.Reach("remove"),
            _ => Task.CompletedTask,
        };
        return site;
    }

    private class FaultyPlace
    {
        public string? Fault { get; set; }

        public Task Reach(string place) => Fault == place ? throw new InvalidDataException("own fault") : Task.CompletedTask;
    }

    private sealed class FailingStore : FaultyPlace, ITicketStore
    {
        public CookieTicketStore Inner { get; } = new();

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
